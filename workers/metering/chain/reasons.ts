/** Why the contract skips a report; `IUsageReports.Skip`, in its order. */
export const SKIP_REASONS = [
  "None",
  "Unknown",
  "Revoked",
  "Misaligned",
  "Future",
  "WrongEpoch",
  "HashMismatch",
  "Duplicate",
  "Stale",
  "BeforeStart",
  "Recent",
  "BadSignature",
  "Expired",
  "NoSession",
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why the contract declines a registration or a session; `IMeterRegistry.Decline`, in its order. */
export const DECLINE_REASONS = [
  "None",
  "UnknownIdentity",
  "AlreadyRegistered",
  "Revoked",
  "BadSignature",
  "BadStart",
  "Unregistered",
  "WrongSequence",
  "KeyUsed",
  "BadValidity",
  "NotPossessed",
] as const;

/** What can still become of an interval; `IUsageReports.Standing`, in its order. */
export const STANDINGS = ["None", "Accepted", "Open", "Missing"] as const;
export type Standing = (typeof STANDINGS)[number];

/** States of a meter; `IMeterRegistry.State`, in its order. */
export const METER_STATES = ["None", "Stored", "Registered", "Revoked"] as const;
