// What the box is called in the network, and who tells it the time.
import { answer, api, type Schemas } from "../api/client";

export type Network = Schemas["NetworkView"];
export type NetworkFields = Schemas["NetworkFields"];

export const readNetwork = (): Promise<Network> => answer(api.GET("/api/network"));
export const changeNetwork = (body: NetworkFields) => answer(api.PUT("/api/network", { body }));
