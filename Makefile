# Two commands: `make run` tries the service out, `make test` checks it.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TORCH := torch==2.13.0
TORCH_INDEX := https://download.pytorch.org/whl/cpu
FIXTURES := fixtures/judged/coaches.jsonl
PAGE ?= report.html

.PHONY: run test texts fuzz evaluate gaming report train learn bench load screenshots clean

run: $(VENV)/installed
	$(BIN)/matcher db upgrade
	$(BIN)/matcher import coaches $(FIXTURES)
	$(BIN)/matcher serve --trial

test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses 2 --dist loadfile

# After a change of words: what is said anew, and what is still to be said in German, goes into its catalogue.
texts: $(VENV)/installed-test
	$(BIN)/python -m matcher.translations.catalogue

# Tries the API with more examples than the tests do, for some minutes.
fuzz: $(VENV)/installed-test
	FUZZ_EXAMPLES=$(or $(EXAMPLES),50) $(BIN)/pytest -m fuzz tests/test_fuzz.py

# `make evaluate WRITE=README.md` puts its tables there too; so do `make gaming` and `make bench`. The main figures go
# beside the packaged ranker, for the page on what a list rests on. `make bench` also compares ways to search vectors,
# for some minutes; `make bench ARGUMENTS='--vectors 10000'` takes few of them.
evaluate: $(VENV)/installed-test
	$(BIN)/python -m training.evaluate --graded fixtures $(addprefix --write-readme ,$(WRITE))
	$(BIN)/python -m training.figures

gaming: $(VENV)/installed-test
	$(BIN)/python -m training.gaming $(addprefix --write-readme ,$(WRITE))

# A page with plots; `make report PAGE=FILE ARGUMENTS=--reading` puts it elsewhere, and measures more.
report: $(VENV)/installed-test
	$(BIN)/python -m training.report_page $(PAGE) $(ARGUMENTS)

train: $(VENV)/installed-test
	$(BIN)/python -m training.train

# From the outcomes in the database that the settings name.
learn: $(VENV)/installed-test
	$(BIN)/python -m training.learn_from_use

bench: $(VENV)/installed-test
	$(PIP) --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.bench $(addprefix --write-readme ,$(WRITE))
	$(BIN)/python -m benchmarks.peers $(if $(WRITE),--write-document docs/peers.md --plot docs/peers.svg) $(ARGUMENTS)

# Mixed traffic for some minutes, and whether it was all answered, stored once and without a leak; `make load MINUTES=30`
# for longer, `KILL=30` kills a worker every 30 seconds.
load: $(VENV)/installed-test
	$(PIP) --constraint constraints.txt --editable '.[load]'
	$(BIN)/python -m benchmarks.load $(addprefix --minutes ,$(MINUTES)) $(addprefix --kill ,$(KILL))

# Of every page, into var/screenshots, and those of the README; needs Chromium.
screenshots: $(VENV)/installed-test
	$(PIP) --constraint constraints.txt --editable '.[docs]'
	$(BIN)/python -m docs.screenshots

clean:
	rm -rf $(VENV) build dist var *.egg-info

# A local wheel of PyTorch where pip is told of one, else its own CPU index: never the CUDA build.
$(VENV)/torch: constraints.txt
	$(PYTHON) -m venv $(VENV)
	@echo "Installing PyTorch (CPU) ..."
	$(PIP) --no-index --no-deps $(TORCH) 2>/dev/null || $(PIP) --no-deps --index-url $(TORCH_INDEX) $(TORCH)
	touch $@

$(VENV)/installed: $(VENV)/torch pyproject.toml
	@echo "Installing the service ..."
	$(PIP) --constraint constraints.txt --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo "Installing what the tests need ..."
	$(PIP) --constraint constraints.txt --editable '.[test]'
	touch $@
