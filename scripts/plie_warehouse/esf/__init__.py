"""What an intermediate body sends of the common indicators of the ESF+ (D80 to D85)."""
