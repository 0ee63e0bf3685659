// Recording rules: read and change.
import { answer, api, type Schemas } from "../api/client";

export type Rules = Schemas["RecordingRules"];
export type RuleFields = Schemas["RuleFields"];

export const readRules = (): Promise<Rules> => answer(api.GET("/api/recording-rules"));
export const changeRules = (body: RuleFields) => answer(api.PUT("/api/recording-rules", { body }));
