"""Against real proxies and gateways, where they are installed: ``make test-gateways``."""
