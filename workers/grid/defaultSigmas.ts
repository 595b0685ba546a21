/**
 * Standard deviations of grid meters where a plan does not state them: flows 0.008 and injections 0.01 per unit of
 * 100 MVA, as is usual in studies of state estimation (Abur and Gómez Expósito, Power System State Estimation, 2004);
 * PMU angles 0.001 rad, a tenth of what the 1 % total vector error of IEEE C37.118.1 allows. Zero injections are
 * known ten times as well as measured ones (K = 10 in paper 003, Appendix A).
 */
export const defaultSigmas = { flowKw: 800, injectionKw: 1000, pmuRad: 0.001, zeroInjectionKw: 100 } as const;
