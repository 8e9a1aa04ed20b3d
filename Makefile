.PHONY: run test check lock bench build
run test check lock bench build:
	@python3 dev.py $@
