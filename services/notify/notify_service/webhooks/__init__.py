"""Published facts sent to integrators' endpoints, by the Standard Webhooks specification."""
