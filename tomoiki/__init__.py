"""The domain of tomoiki: what the office knows and does. It knows no screen."""
