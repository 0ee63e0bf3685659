// Colours of the trade: green and red are the two wires, tip and ring. Green acts, red warns.
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const tip: MantineColorsTuple = [
  "#e6f7f0", "#d3ece2", "#a6d9c5", "#75c5a6", "#4eb48c", "#35a97b", "#1f9b6c", "#0b7a54", "#0a6e4c", "#045c3e",
];
const ring: MantineColorsTuple = [
  "#fdeeea", "#f7dbd4", "#efb5a7", "#e88c77", "#e26a4f", "#de5435", "#cf4526", "#b8371b", "#a42f16", "#8f230e",
];
const dark: MantineColorsTuple = [
  "#dfe7e3", "#b7c3bd", "#93a19a", "#6b7973", "#435049", "#35403b", "#26302c", "#1b2220", "#121715", "#0c100e",
];

export const theme = createTheme({
  primaryColor: "tip",
  // The same in the dark: on a lighter shade the white words would not stand out enough.
  primaryShade: 7,
  colors: { tip, ring, dark },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace',
});
