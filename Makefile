# Two commands: `make run` tries the service out, `make test` checks it.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TORCH := torch==2.13.0
TORCH_INDEX := https://download.pytorch.org/whl/cpu
FIXTURES := fixtures/judged/coaches.jsonl

.PHONY: run test evaluate train bench screenshots clean

run: $(VENV)/installed
	$(BIN)/matcher db upgrade
	$(BIN)/matcher import coaches $(FIXTURES)
	$(BIN)/matcher serve --trial

test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# `make evaluate WRITE=README.md` and `make bench WRITE=README.md` put their tables there too.
evaluate: $(VENV)/installed-test
	$(BIN)/python -m training.evaluate $(addprefix --write-readme ,$(WRITE))

train: $(VENV)/installed-test
	$(BIN)/python -m training.read_areas

bench: $(VENV)/installed-test
	$(BIN)/python -m benchmarks.bench $(addprefix --write-readme ,$(WRITE))

# Of a service that `make run` serves; needs Chromium.
screenshots: $(VENV)/installed
	$(PIP) --constraint constraints.txt --editable '.[docs]'
	$(BIN)/python docs/screenshots.py http://127.0.0.1:8000

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
