// The first set-up: what is there, what answers mean, and making them live.
import { answer, api, type Schemas } from "../api/client";

export type SetupView = Schemas["SetupView"];
export type Answers = Schemas["Answers"];
export type Step = SetupView["step"];
export type Devices = Schemas["PluggedIn"];
export type Card = Schemas["ReportCard"];
export type Phone = Schemas["PhoneChoice"];
export type CountryFacts = Schemas["CountryFacts"];

export const STEPS: Step[] = ["language", "country", "office", "devices", "calls", "test"];

export const readSetup = (): Promise<SetupView> => answer(api.GET("/api/setup"));
export const readDevices = (): Promise<Devices> => answer(api.GET("/api/setup/devices"));
export const readCountry = (country: string): Promise<CountryFacts> =>
  answer(api.GET("/api/setup/countries/{country}", { params: { path: { country } } }));
export const keepPlace = (step: Step, answers: Answers | null) => answer(api.PUT("/api/setup/place", { body: { step, answers } }));
export const setUp = (answers: Answers) => answer(api.POST("/api/setup", { body: answers }));
export const endSetup = () => answer(api.POST("/api/setup/end"));

/** What callers are welcomed with unless the owner words it differently; the office's name is in it. */
export async function usualGreeting(answers: Answers): Promise<string> {
  const { sentences } = await answer(api.POST("/api/setup/greetings", { body: answers }));
  return (sentences[answers.language] ?? "").replace("{office}", answers.office);
}
