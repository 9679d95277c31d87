"""What the law asks to be shown: the registers, the yearly report, the evidence of both."""
