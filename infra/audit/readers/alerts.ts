import { alertSeries } from '../../../shared/store/risk/alerts.ts';
import { readNoticeItem } from '../../../shared/store/risk/notices.ts';
import { readRecord } from '../../../shared/store/table/versioned.ts';
import type { Readers } from './reader.ts';
import { appendTo } from './reader.ts';

/** Alerts, their versions, and what subscribers were told. */
export const alertReaders: Readers = {
  ALERTS: ({ alerts }, item, { key }) => {
    alerts.set(key, readRecord(alertSeries, item));
  },
  ALERT: ({ alertVersions }, item, { of }) => {
    appendTo(alertVersions, of, readRecord(alertSeries, item));
  },
  NOTICE: ({ notices }, item, { of }) => {
    notices.set(of, readNoticeItem(item));
  },
};
