"""What carries audio and messages between the processes: shared memory and Unix sockets."""
