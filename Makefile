# hwocr_desktop. Two commands do everything on a bare machine:
#   make run     opens the program with the sample pages
#   make test    runs all tests without a display
# On Windows the same two lines go to make.bat.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup gpu run test check format read samples screenshots installer clean clean-venv

help: ## show this list
	@echo "make TARGET, where TARGET is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## install everything into .venv; does nothing where it is up to date

# A file of time alone: newer than what it was made from means installed.
$(STAMP): pyproject.toml requirements.lock
	@sh tools/prepare_system.sh
	@[ -x $(BIN)/python ] || "$$(sh tools/find_python.sh)" -m venv $(VENV)
	@echo "Installing the libraries into $(VENV) (about 1 GB, some minutes) ..."
	@$(PIP) install --quiet --use-pep517 --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

gpu: $(STAMP) ## add NVIDIA's libraries, for a GPU under Linux
	$(PIP) install --constraint requirements.lock --no-build-isolation --editable ".[gpu]"

run: $(STAMP) ## open the program with the sample pages
	@$(BIN)/hwocr gui --sample

# ARGS is passed on: make test ARGS="-k offline". Two at a time, however many cores there
# are: each of the two takes up to 2 GB.
test: $(STAMP) ## run all tests, without a display
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(STAMP) ## check style and types
	@failed=0; \
	for tool in "ruff check ." "ruff format --check ." mypy; do \
		echo "$$tool"; $(BIN)/$$tool || failed=1; \
	done; \
	exit $$failed

format: $(STAMP) ## bring the source into the one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

read: $(STAMP) ## read a scan without a window: make read FILE=letter.jpg [OUT=folder]
	@[ -n "$(FILE)" ] || { echo 'Say which scan to read: make read FILE=letter.jpg'; exit 2; }
	@$(BIN)/hwocr read "$(FILE)" $(if $(OUT),-o "$(OUT)") $(ARGS)

samples: $(STAMP) ## make the sample pages anew (fetches fonts with npm)
	@$(BIN)/python -m tools.make_samples $(ARGS)

screenshots: $(STAMP) ## make the pictures of the window in docs/
	@$(BIN)/python -m tools.make_screenshots $(ARGS)

installer: $(STAMP) ## build a folder that runs without Python: dist/hwocr_desktop
	$(PIP) install --quiet --requirement requirements-installer.lock
	$(BIN)/pyinstaller --noconfirm --clean build_installer.spec
	QT_QPA_PLATFORM=offscreen dist/hwocr_desktop/hwocr self-test

clean: ## remove what was built and what tools remember
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find hwocr_desktop tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

clean-venv: ## remove .venv too
	rm -rf $(VENV)
