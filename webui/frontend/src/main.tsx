// The page begins: who is it, in which language, then the shell.
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./mantine";
import "./base.css";
import { Start } from "./shell/Start";
import { theme } from "./theme";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Start />
      </MantineProvider>
    </StrictMode>,
  );
}
