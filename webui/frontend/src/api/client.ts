// The one place that talks HTTP: adds the session's token and the language, turns problems into errors.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Text = Schemas["Text"];
export type Problem = Schemas["Problem"];

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

const UNREACHABLE: Problem = {
  type: "about:blank",
  title: "Unreachable",
  status: 0,
  detail: "",
  code: "page.unreachable",
  args: {},
  faults: [],
};
const CHANGING = new Set(["POST", "PUT", "DELETE", "PATCH"]);
let token = "";
let language = "en";

export function useToken(csrf: string): void {
  token = csrf;
}

export function speak(chosen: string): void {
  language = chosen;
}

export const api = createClient<paths>({ baseUrl: "/" });
api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", language);
    if (CHANGING.has(request.method)) request.headers.set("X-CSRF-Token", token);
    return request;
  },
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the server answered. Throws ProblemError; a session that has ended leads to the login. */
export async function answer<T>(asked: Promise<Outcome<T>>): Promise<T> {
  const outcome = await asked.catch(() => null);
  if (outcome === null) throw new ProblemError(UNREACHABLE);
  if (outcome.response.ok) return outcome.data as T;
  const problem = (outcome.error ?? UNREACHABLE) as Problem;
  if (problem.code === "web.not-logged-in") window.location.assign("/login");
  throw new ProblemError(typeof problem === "object" ? problem : UNREACHABLE);
}
