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
