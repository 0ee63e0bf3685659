"""The signalling worker: a process that hosts a SIP library and never touches sound."""
