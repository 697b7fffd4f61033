"""Where shards run: in this process, or on the workers of a cluster. All run the same shard runner."""
