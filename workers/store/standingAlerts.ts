import type { Alert } from "../alerts/types.js";
import type { Store } from "./openStore.js";
import { transaction } from "./transaction.js";

/** Keeps the alerts that stand, in place of those that stood. */
export function saveStandingAlerts(store: Store, alerts: readonly Alert[]): void {
  transaction(store, () => {
    store.prepare("DELETE FROM standing_alerts").run();
    for (const alert of alerts) {
      store.prepare("INSERT INTO standing_alerts (alert) VALUES (?)").run(JSON.stringify(alert));
    }
  });
}

/** The alerts that stand, oldest first, each with the message and values that it was raised with. */
export function readStandingAlerts(store: Store): Alert[] {
  const rows = store.prepare("SELECT alert FROM standing_alerts ORDER BY id").all() as unknown as {
    alert: string;
  }[];
  return rows.map(({ alert }) => JSON.parse(alert) as Alert);
}
