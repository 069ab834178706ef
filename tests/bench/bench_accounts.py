"""The two accounts of the benchmark that can sign in."""

PASSWORD = "bench-bench-bench"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
