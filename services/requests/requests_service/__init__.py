"""The requests service: owns the SOP and every data request that passes through it."""
