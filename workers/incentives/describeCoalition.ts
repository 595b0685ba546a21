import { multiplyRow } from "../estimation/multiplyRow.js";
import type { CoalitionGain, IncentiveModel } from "./types.js";

/** A coalition's analysis by names, as `--json` writes it. Attacks list only what is not zero. */
export interface CoalitionFigures {
  /** Names. */
  readonly members: readonly string[];
  /** How many meters they own. */
  readonly meters: number;
  readonly meterShare: number;
  readonly lambda: number;
  /** Credits a slot. */
  readonly distortionGain: number;
  /** By meter: what it adds to the true value, in the meter's unit. */
  readonly attack: Readonly<Record<string, number>>;
  readonly hiddenAttack: HiddenAttackFigures | null;
  readonly exposingMeters: readonly string[];
}

/** A false state that no residual shows. */
export interface HiddenAttackFigures {
  /** By bus number: how far the estimate is led astray, radians. */
  readonly angles: Readonly<Record<string, number>>;
  /** By meter, as `attack`. */
  readonly values: Readonly<Record<string, number>>;
}

/** Values are shown to so many digits. */
const DIGITS = 10;

/** Puts names to seats, rows and columns. */
export function describeCoalition(
  { model, operators, meterNames, busOfState, ownerOfRow }: IncentiveModel,
  { members, attackVector, hiddenAttack, ...gain }: CoalitionGain,
): CoalitionFigures {
  return {
    members: members.map((seat) => operators[seat]!.name),
    meters: ownerOfRow.filter((seat) => members.includes(seat)).length,
    meterShare: gain.meterShare,
    lambda: gain.lambda,
    distortionGain: gain.distortionGain,
    attack: nonzero(meterNames, attackVector),
    hiddenAttack:
      hiddenAttack === undefined
        ? null
        : {
            angles: nonzero(busOfState, hiddenAttack),
            values: nonzero(
              meterNames,
              meterNames.map((_, i) => {
                const value = multiplyRow(model.h, i, hiddenAttack);
                return members.includes(ownerOfRow[i]!) ? value : 0;
              }),
            ),
          },
    exposingMeters: gain.exposingMeters,
  };
}

function nonzero(names: readonly (string | number)[], values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    names.flatMap((name, i) => (values[i] === 0 ? [] : [[name, Number(values[i]!.toPrecision(DIGITS))]])),
  );
}
