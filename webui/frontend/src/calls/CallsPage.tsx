// Calls on record; with an id in the address, that one call.
import { usePath } from "../routing";
import { CallList } from "./CallList";
import { CallStoryPage } from "./CallStoryPage";

export default function CallsPage() {
  const id = usePath()[1];
  return id ? <CallStoryPage key={id} id={id} /> : <CallList />;
}
