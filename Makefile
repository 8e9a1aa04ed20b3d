.PHONY: run test check lock bench
run test check lock bench:
	@python3 dev.py $@
