"""What a deployment tells about itself and its users: account, models, tokenizers, its OpenAPI document."""
