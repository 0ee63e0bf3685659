"""Lines on GSM modems: AT commands and PCM over serial ports. README.md has the hardware."""
