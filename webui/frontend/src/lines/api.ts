// Lines: testing one, and the practice network behind practice lines.
import { answer, api, ProblemError, type Schemas } from "../api/client";

export type SelfTest = Schemas["SelfTestResult"];
export type PracticeLine = Schemas["PracticeLine"];
export type CallIn = Schemas["CallIn"];
export type CallOutcome = Schemas["CallOutcome"];
export type PhoneAction = Schemas["PhoneAction"]["do"];

export const testLine = (line_id: string): Promise<SelfTest> =>
  answer(api.POST("/api/lines/{line_id}/self-test", { params: { path: { line_id } } }));

/** The practice lines; none where there is no practice network. */
export async function practiceLines(): Promise<PracticeLine[]> {
  try {
    return await answer(api.GET("/api/practice/lines"));
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 404) return [];
    throw error;
  }
}

export const callIn = (body: CallIn): Promise<CallOutcome> => answer(api.POST("/api/practice/calls", { body }));

export const usePhone = (line_id: string, action: PhoneAction, digits: string | null = null) =>
  answer(api.POST("/api/practice/phones/{line_id}", { params: { path: { line_id } }, body: { do: action, digits } }));

// ---- what the owner says of a line

export type LineSettings = Schemas["LineSettingsView"];
export type LineForm = Schemas["LineForm"];
export type SoundLevels = Schemas["SoundLevels"];
export type Heard = Schemas["Heard"];

const at = (line_id: string) => ({ params: { path: { line_id } } });

export const readLine = (id: string): Promise<LineSettings> => answer(api.GET("/api/lines/{line_id}/settings", at(id)));
export const changeLine = (id: string, body: LineForm) => answer(api.PUT("/api/lines/{line_id}/settings", { ...at(id), body }));
export const addLine = (body: Schemas["NewLine"]) => answer(api.POST("/api/lines", { body }));
export const removeLine = (id: string) => answer(api.DELETE("/api/lines/{line_id}", at(id)));
export const readLevels = (id: string): Promise<SoundLevels> => answer(api.GET("/api/lines/{line_id}/levels", at(id)));
export const forgetTone = (id: string) => answer(api.DELETE("/api/lines/{line_id}/hangup-tone", at(id)));

/** The form with which a line is saved as it is. */
export function formOf(line: LineSettings): LineForm {
  const { id: _id, driver: _driver, version, sim_pin_set: _set, hangup_tone: _tone, ...fields } = line;
  return { ...fields, based_on: version, sim_pin: null };
}
