// Calls in: rules, callers, opening hours and closures; and what would happen to a call.
import { answer, api, type Schemas } from "../api/client";

export type RoutingIn = Schemas["RoutingIn"];
export type Rule = Schemas["RouteIn"];
export type Destination = Schemas["Destination"];
export type Callers = Schemas["Callers"];
export type Trial = Schemas["Trial"];
export type Hours = Schemas["Hours"];
export type Timetable = Schemas["Timetable"];
export type TimetableView = Schemas["TimetableView"];
export type Closure = Schemas["ClosureView"];
export type ClosureForm = Schemas["ClosureForm"];
export type Holidays = Schemas["Holidays"];
export type Day = Schemas["Weekday"];

export const readRouting = (): Promise<RoutingIn> => answer(api.GET("/api/routing-in"));
export const changeRules = (based_on: number, rules: Rule[]) =>
  answer(api.PUT("/api/routing-in/rules", { body: { based_on, rules } }));
export const changeCallers = (body: Schemas["CallersForm"]) => answer(api.PUT("/api/routing-in/callers", { body }));
export const tryCall = (body: Trial): Promise<Schemas["Whereabouts"]> => answer(api.POST("/api/routing-in/preview", { body }));

export const readHours = (): Promise<Hours> => answer(api.GET("/api/hours"));
export const readHolidays = (year: number, region: string | null): Promise<Holidays> =>
  answer(api.GET("/api/hours/holidays", { params: { query: { year, region } } }));
export const changeHours = (name: string, based_on: number, hours: Timetable) =>
  answer(api.PUT("/api/hours/timetables/{name}", { params: { path: { name } }, body: { based_on, hours } }));
export const removeHours = (name: string) => answer(api.DELETE("/api/hours/timetables/{name}", { params: { path: { name } } }));

const ofClosure = (closure_id: string) => ({ params: { path: { closure_id } } });

export const addClosure = (body: ClosureForm) => answer(api.POST("/api/hours/closures", { body }));
export const changeClosure = (id: string, body: ClosureForm) =>
  answer(api.PUT("/api/hours/closures/{closure_id}", { ...ofClosure(id), body }));
export const removeClosure = (id: string) => answer(api.DELETE("/api/hours/closures/{closure_id}", ofClosure(id)));
