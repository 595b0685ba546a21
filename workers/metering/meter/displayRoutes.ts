import { Hono } from "hono";
import type { Fleet } from "./fleet.js";

/** What the meters' displays show: `/display` of all, `/display/7` of one. JSON. */
export function displayRoutes(fleet: Pick<Fleet, "display">): Hono {
  const app = new Hono();
  app.get("/display", (context) => context.json(fleet.display()));
  app.get("/display/:meter", (context) => {
    const number = Number(context.req.param("meter"));
    const display = fleet.display().find(({ meter }) => meter === number);
    return display === undefined ? context.json({ error: "no such meter" }, 404) : context.json(display);
  });
  return app;
}
