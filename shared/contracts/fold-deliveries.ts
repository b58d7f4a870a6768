import { without } from '../kernel/without.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { ContractEvent, EventOf } from './contract-events.ts';
import type { Delivery } from './delivery.ts';

type DeliveryEvent = Extract<ContractEvent, { delivery: string }>;

export const isOfDelivery = (event: ContractEvent): event is DeliveryEvent => 'delivery' in event;

/** A delivery after one more of its events; its first is the notice. */
export function deliveryAfter(
  contract: string,
  delivery: Delivery | undefined,
  event: DeliveryEvent,
): Delivery {
  if (event.type === 'delivery_noticed') return noticed(contract, event);
  if (delivery === undefined) throw new Error(`${event.delivery} begins without a notice`);
  const { assays } = delivery;
  const next = (change: Partial<Delivery>): Delivery => ({ ...delivery, ...change, updatedAt: event.at });
  switch (event.type) {
    case 'delivery_withdrawn':
      return next({ status: 'withdrawn', rejectedFor: event.reason });
    case 'delivery_received':
      return next({ status: 'received', receipt: event.receipt, provisionalQuantity: event.quantity });
    case 'assay_reported':
      return next({
        assays: {
          ...assays,
          reported: [...assays.reported, event.side],
          ...(event.opened === undefined ? {} : { [event.side]: event.opened.value }),
        },
      });
    case 'assay_settled': {
      const { values, disputed } = event;
      return next({
        ...(disputed.length === 0 ? { status: 'assayed' as const } : {}),
        assays: { ...assays, disputed, ...(values.length === 0 ? {} : { settled: values }) },
      });
    }
    case 'umpire_decided':
      return next({
        status: 'assayed',
        assays: { ...assays, umpire: event.values, settled: event.settled, disputed: [] },
      });
    case 'delivery_blocked':
      return next({
        status: 'blocked',
        blockedBy: event.certificates,
        // A second look does not begin the period anew.
        cureUntil: delivery.cureUntil ?? event.cureUntil,
      });
    case 'delivery_cured':
      return { ...without(next({}), 'blockedBy', 'cureUntil'), status: unblocked(delivery) };
    case 'delivery_accepted':
      return next({ status: 'accepted', finalQuantity: event.finalQuantity });
    case 'delivery_rejected':
      return next({ status: 'rejected', rejectedFor: event.reason });
    case 'delivery_corrected':
      return next({ finalQuantity: event.finalQuantity });
  }
}

const noticed = (
  contract: string,
  { delivery, notice, quantity, at }: EventOf<'delivery_noticed'>,
): Delivery => ({
  id: delivery,
  contract,
  quarter: notice.quarter,
  status: 'noticed',
  notice,
  assays: { reported: [], disputed: [] },
  provisionalQuantity: quantity satisfies Quantity,
  updatedAt: at,
});

const unblocked = ({ assays }: Delivery): Delivery['status'] =>
  assays.settled !== undefined && assays.disputed.length === 0 ? 'assayed' : 'received';
