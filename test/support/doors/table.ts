import type { Role } from '../../../shared/reference/role.ts';
import type { Side } from './people.ts';

/**
 * Who gets what at every door. A cell is the status of a request that is right in itself (`requests.ts`): `200/404` where
 * the caller's organisation holds the resource / where another organisation does; one figure where that is the same.
 * Whoever is not let in at all gets 401; so does every bad token, on every operation but the public ones.
 *
 * 403: the role has no part in this kind of resource, or the side of the contract is not the one to act.
 * 404: what one may not see does not exist. 409: the door is open, and the second administrator is still missing, or
 * there is no ground. 422: the door is open, and what is named in the body is not one's own.
 */
const table = `
operation                    producer  buyer     administrator  stockpile-operator  auditor

# Organisations
putOrganisation              403       403       200            403                 403
listOrganisations            200       200       200            200                 200
getOrganisation              200       200       200            200                 200
listOrganisationVersions     200       200       200            200                 200

# Products
putProduct                   403       403       200            403                 403
listProducts                 200       200       200            200                 200
getProduct                   200       200       200            200                 200
listProductVersions          200       200       200            200                 200
listProductChanges           200       200       200            200                 200
getProductChange             200       200       200            200                 200
approveProductChange         403       403       409/200        403                 403
rejectProductChange          403       403       409/200        403                 403
putStandardTerms             403       403       201            403                 403
getStandardTerms             200       200       200            200                 200
listStandardTermsVersions    200       200       200            200                 200
listStandardTermsChanges     200       200       200            200                 200
getStandardTermsChange       200       200       200            200                 200
approveStandardTermsChange   403       403       409/200        403                 403
rejectStandardTermsChange    403       403       409/200        403                 403

# Zones
putZone                      403       403       201            403                 403
listZones                    200       200       200            200                 200
getZone                      200       200       200            200                 200
listZoneVersions             200       200       200            200                 200
listZoneChanges              200       200       200            200                 200
getZoneChange                200       200       200            200                 200
approveZoneChange            403       403       409/200        403                 403
rejectZoneChange             403       403       409/200        403                 403
putConsumption               403       403       200            403                 403
getConsumption               200       200       200            200                 200
listConsumptionVersions      200       200       200            200                 200

putDeclaredFlows             403       403       200            403                 403
getDeclaredFlows             200       200       200            200                 200
listDeclaredFlowsVersions    200       200       200            200                 200

# Standards
putScheme                    403       403       201            403                 403
listSchemes                  200       200       200            200                 200
getScheme                    200       200       200            200                 200
listSchemeVersions           200       200       200            200                 200
postStandardsRule            403       403       201            403                 403
listStandardsRules           200       200       200            200                 200
getStandardsRule             200       200       200            200                 200
listStandardsRuleVersions    200       200       200            200                 200

# Floors
postFloor                    403       403       201            403                 403
approveFloor                 403       403       409/200        403                 403
rejectFloor                  403       403       409/200        403                 403
endFloor                     403       403       200            403                 403
listFloors                   200       200       200            200                 200
getFloor                     200       200       200            200                 200
listFloorVersions            200       200       200            200                 200

# Reference prices
putReferencePrice            403       403       201            403                 403
listReferencePrices          200       200       200            200                 200
getReferencePrice            200       200       200            200                 200
listReferencePriceVersions   200       200       200            200                 200
listReferencePriceChanges    200       200       200            200                 200
getReferencePriceChange      200       200       200            200                 200
approveReferencePriceChange  403       403       409/200        403                 403
rejectReferencePriceChange   403       403       409/200        403                 403
postPricePoints              403       403       201            403                 403
listPricePoints              403       403       200            403                 200
listPricePointsChanges       403       403       200            403                 200
getPricePointsChange         403       403       200            403                 200
approvePricePointsChange     403       403       409/200        403                 403
rejectPricePointsChange      403       403       409/200        403                 403
readFixings                  200       200       200            200                 200
listFrozenFixings            200       200       200            200                 200
putIndexValue                403       403       202            403                 403
listIndexValues              200       200       200            200                 200
getIndexValue                200       200       200            200                 200
listIndexValueVersions       200       200       200            200                 200
listIndexValueChanges        200       200       200            200                 200
getIndexValueChange          200       200       200            200                 200
approveIndexValueChange      403       403       409/200        403                 403
rejectIndexValueChange       403       403       409/200        403                 403

# Sites and certificates
postSite                     201       403       403            403                 403
listSites                    200       200       200            200                 200
getSite                      200/404   404       200            404                 200
listSiteVersions             200/404   404       200            404                 200
verifySite                   403       403       200            403                 403
postCertificate              201/404   403       403            403                 403
listCertificates             200/404   404       200            404                 200
getCertificate               200/404   404       200            404                 200
listCertificateVersions      200/404   404       200            404                 200
verifyCertificate            403       403       200            403                 403
suspendCertificate           403       403       200            403                 403
reinstateCertificate         403       403       200            403                 403
revokeCertificate            403       403       200            403                 403

# Orders
postOffer                    201/422   403       403            422                 403
listOffers                   200       403       200            200                 200
getOffer                     200/404   403       200            404                 200
changeOffer                  200/404   403       403            404                 403
withdrawOffer                200/404   403       403            404                 403
explainOffer                 200/404   403       200            404                 200
postBid                      403       201       403            201                 403
listBids                     403       200       200            200                 200
getBid                       403       200/404   200            200/404             200
changeBid                    403       200/404   403            200/404             403
withdrawBid                  403       200/404   403            200/404             403
explainBid                   403       200/404   200            200/404             200

# Pools
openPool                     403       201       403            201                 403
listPools                    403       200       200            200                 200
getPool                      403       200/404   200            200/404             200
closePool                    403       200/404   403            200/404             403
withdrawPool                 403       200/404   403            200/404             403
joinPool                     403       201/404   403            201/404             403
listPoolMembers              403       200/404   200            200/404             200
getPoolMember                403       200/404   200            200/404             200
changePoolMember             403       200/404   403            200/404             403
leavePool                    403       200/404   403            200/404             403
explainPoolMember            403       200/404   200            200/404             200

# Clearings
requestClearing              403       403       202            403                 403
listClearings                403       403       200            403                 200
getClearing                  403       403       200            403                 200
getClearingProof             403       403       303            403                 303
getClearingProofDocument     403       403       200            403                 200
previewClearing              403       403       200            403                 403

# Support
postProgramme                403       403       201            403                 403
approveProgramme             403       403       409/200        403                 403
rejectProgramme              403       403       409/200        403                 403
closeProgramme               403       403       200            403                 403
listProgrammes               200       200       200            200                 200
getProgramme                 200       200       200            200                 200
listProgrammeVersions        200       200       200            200                 200
getProgrammeBudget           403       403       200            403                 200
proposeProgrammeBudget       403       403       200            403                 403
approveProgrammeBudget       403       403       409/200        403                 403
rejectProgrammeBudget        403       403       409/200        403                 403
listFundingRounds            403       403       200            403                 200
postAgreement                403       403       201            403                 403
listAgreements               200       403       200            403                 200
getAgreement                 200/404   403       200            403                 200
approveAgreement             403       403       409/200        403                 403
rejectAgreement              403       403       409/200        403                 403
postDesignation              201/404   403       403            403                 403
listDesignations             200/404   403       200            403                 200

# Contracts
listContracts                200       200       200            200                 200
getContract                  200/404   200/404   200            200/404             200
getContractProgress          200/404   200/404   200            200/404             200
getContractChain             200/404   200/404   200            200/404             200
meetCondition                200/404   403/404   200            403/404             403
waiveCondition               403/404   200/404   403            200/404             403
nominateQuantity             200/404   403/404   403            403/404             403
declineQuantity              403/404   200/404   200            200/404             403
declareForceMajeure          200/404   200/404   403            200/404             403
acknowledgeForceMajeure      403/404   200/404   200            200/404             403
suspendContract              403       403       200            403                 403
resumeContract               403       403       200            403                 403
terminateContract            403/404   409/404   409            409/404             403
noticeDelivery               201/404   403/404   403            403/404             403
listDeliveries               200/404   200/404   200            200/404             200
getDelivery                  200/404   200/404   200            200/404             200
withdrawDelivery             200/404   403/404   403            403/404             403
receiveDelivery              403/404   200/404   200            200/404             403
reportAssay                  200/404   200/404   403            200/404             403
decideAsUmpire               403/404   403/404   200            403/404             403
acceptDelivery               403/404   200/404   200            200/404             403
rejectDelivery               403/404   409/404   200            409/404             403
proposeAmendment             409/404   201/404   403            201/404             403
acceptAmendment              403/404   200/404   403            200/404             403
rejectAmendment              403/404   200/404   403            200/404             403
withdrawAmendment            200/404   403/404   403            403/404             403

# Stockpiles
postStockpile                403       403       403            201                 403
approveStockpile             403       403       200            403                 403
rejectStockpile              403       403       200            403                 403
closeStockpile               403       403       403            200/404             403
postStockpileRules           403       403       403            200/404             403
listStockpiles               200       200       200            200                 200
getStockpile                 200       200       200            200                 200
getStockPositions            403       403       200            200/404             200
listStockMovements           403       403       200            200/404             200
postStockLot                 403       403       403            201/404             403
listStockLots                403       403       200            200                 200
getStockLot                  403       403       200            200/404             200
listStockLotVersions         403       403       200            200/404             200
verifyStockLot               403       403       200            403                 403
rejectStockLot               403       403       200            403                 403
splitStockLot                403       403       403            200/404             403
mergeStockLots               403       403       403            201/422             403
relocateStockLot             403       403       403            200/404             403
writeOffStockLot             403       403       403            200/404             403
approveWriteOff              403       403       200            403                 403
rejectWriteOff               403       403       200            403                 403

postStockAccount             403       403       403            201/404             403
listAccountsOfStockpile      403       403       200            200/404             200
listStockAccounts            403       200       200            403                 200
getStockAccount              403       200/404   200            200/404             200
acceptStockAccount           403       200/404   403            403                 403
declineStockAccount          403       200/404   403            403                 403
allocateToStockAccount       403       403       403            200/404             403
drawFromStockAccount         403       200/404   403            403                 403
replenishStockAccount        403       403       403            200/404             403
transferFromStockAccount     403       200/404   403            403                 403
repurchaseFromStockAccount   403       200/404   403            403                 403
postStandingRule             403       403       403            201/404             403
listStandingRules            403       403       200            200/404             200
getStandingRule              403       403       200            200/404             200
approveStandingRule          403       403       200            403                 403
rejectStandingRule           403       403       200            403                 403
pauseStandingRule            403       403       403            200/404             403
resumeStandingRule           403       403       403            200/404             403
endStandingRule              403       403       403            200/404             403
postStockLoan                403       201/409   403            403                 403
listLoansOfStockpile         403       403       200            200/404             200
listStockLoans               403       200       200            403                 200
getStockLoan                 403       200/404   200            200/404             200
approveStockLoan             403       403       200            403                 403
rejectStockLoan              403       403       200            403                 403
withdrawStockLoan            403       200/404   403            403                 403
handOverStockLoan            403       403       403            200/404             403
returnStockLoan              403       403       403            200/404             403
payForStockLoan              403       409/404   403            403                 403
putStockNeed                 403       200       403            403                 403
withdrawStockNeed            403       200/404   403            403                 403
verifyStockNeed              403       403       200            403                 403
listStockNeeds               403       200       200            200                 200
getReleaseLevel              403       403       200            200/404             200
postStockRelease             403       403       403            201/404             403
listReleasesOfStockpile      403       403       200            200/404             200
approveStockRelease          403       403       200            403                 403
rejectStockRelease           403       403       200            403                 403
deliverStockRelease          403       403       403            200/404             403
listReleases                 200       200       200            200                 200
getRelease                   200       200       200            200                 200

# Settlements
runSettlements               403       403       200            403                 403
listSettlements              200       200       200            200                 200
listAgreementSettlements     200/404   404       200            404                 200
listContractSettlements      200/404   200/404   200            200/404             200
getStatement                 200       200       200            200                 200

# Markets
listMarkets                  200       200       200            200                 200
getMarket                    200       200       200            200                 200
getMarketOutcomes            200       200       200            200                 200
# Risk
postDisruption               403       403       201            403                 403
importDisruptions            403       403       200            403                 403
listDisruptions              200       200       200            200                 200
getDisruption                200       200       200            200                 200
listDisruptionVersions       200       200       200            200                 200
getDisruptionExposure        200       200       200            200                 200
patchDisruption              403       403       200            403                 403
endDisruption                403       403       200            403                 403
withdrawDisruption           403       403       200            403                 403
getRisk                      200       200       200            200                 200
getSurveillance              403       403       200            403                 200
getZoneCover                 403       403       200            200                 200
runStressTest                403       403       200            403                 403
listAlerts                   200       200       200            200                 200
getAlert                     404       404       200            404                 200
listAlertVersions            403       403       200            403                 200
acknowledgeAlert             403       403       200            403                 403
resolveAlert                 403       403       200            403                 403

# Webhooks
postWebhook                  201       201       201            201                 201
listWebhooks                 200       200       200            200                 200
getWebhook                   200/404   404       200            200/404             200
listWebhookDeliveries        200/404   404       200            200/404             200
replayWebhook                202/404   404       404            202/404             404
rotateWebhookSecret          200/404   404       404            200/404             404
disableWebhook               200/404   404       404            200/404             404
enableWebhook                200/404   404       404            200/404             404
closeWebhook                 200/404   404       404            200/404             404

# Projects
postProject                  201       403       403            403                 403
listProjects                 200       200       200            200                 200
getProject                   200       200       200            200                 200
changeProject                200/404   403       403            403                 403
verifyProject                403       403       200            403                 403
getCapacityMap               200       200       200            200                 200

# Exchange
postExchangeAgreement        403       403       201            403                 403
listExchangeAgreements       403       403       200            403                 200
getExchangeAgreement         403       403       200            403                 200
approveExchangeAgreement     403       403       200/409        403                 403
rejectExchangeAgreement      403       403       200/409        403                 403
endExchangeAgreement         403       403       200            403                 403
listPacingWarnings           403       403       200            403                 200
publishStock                 403       403       201/403        403                 403
readPublications             403       403       200            403                 200
listExchangeReads            403       403       200/404        403                 200
`;

/** Anybody may read these, without a token. */
export const publicOperations: ReadonlySet<string> = new Set(['getHealth', 'getLiveness', 'getOpenApi']);

export type Expected = Readonly<Record<Role, Readonly<Record<Side, number>>>>;

const rows = table.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const [, ...columns] = rows[0]!.split(/ +/) as [string, ...Role[]];

/** By operation, role and side. */
export const doors: ReadonlyMap<string, Expected> = new Map(
  rows.slice(1).map((line): [string, Expected] => {
    const [operation = '', ...cells] = line.split(/ +/);
    if (cells.length !== columns.length)
      throw new Error(`the doors' table has a row of another length: ${line}`);
    const of = (cell: string): Record<Side, number> => {
      const [own = '', foreign = own] = cell.split('/');
      return { own: Number(own), foreign: Number(foreign) };
    };
    return [
      operation,
      Object.fromEntries(columns.map((role, index) => [role, of(cells[index]!)])) as Expected,
    ];
  }),
);
