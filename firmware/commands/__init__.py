"""The commands of `tipring`: each module has `arguments(parser)` and `main(options)`."""
