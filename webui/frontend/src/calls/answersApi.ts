// Answers callers gave to forms.
import { answer, api, type Schemas } from "../api/client";
import type { Peaks } from "./api";

export type FormAnswer = Schemas["FormAnswerRow"];

export const readAnswers = (call_id: string): Promise<FormAnswer[]> => answer(api.GET("/api/form-answers", { params: { query: { call_id } } }));
export const readAnswerPeaks = (answer_id: string): Promise<Peaks> =>
  answer(api.GET("/api/form-answers/{answer_id}/peaks", { params: { path: { answer_id } } })).then((peaks) => peaks as Peaks);
export const answerUrl = (answer_id: string) => `/api/form-answers/${answer_id}/audio`;
