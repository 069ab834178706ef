# Needs only: python3 (>= 3.11), pip, make, git. No python3-venv, no gettext, no Node, no database server.
PY   ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN  := $(VENV)/bin
UV   := .tools/bin/uv
PIPQ := install -q --disable-pip-version-check --require-hashes --no-deps
# every command starts the same modules: keep them compiled, whatever the caller's habit
unexport PYTHONDONTWRITEBYTECODE
.DELETE_ON_ERROR:
.PHONY: install demo test check fmt proof wall bench lock messages screens docs

demo: $(VENV)/.core  ## serve the demonstration world
	$(BIN)/jalon demo --host $(HOST) --port $(PORT)

test: $(VENV)/.dev check  ## lint, layers, types, then the tests but the slow proofs
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet jalon

fmt: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

proof: $(VENV)/.dev  ## slow proofs
	$(BIN)/python -m pytest -m proof -n 2 --dist loadgroup --ignore tests/stories
	$(BIN)/python -m pytest tests/stories -n 0 -m ""  # the table of the tasks: budget, interactions made
	$(BIN)/python -m pytest jalon/law -n 0 --cov=jalon.law --cov-fail-under=100 --cov-report=term-missing:skip-covered
	$(BIN)/python -m tests.mutants jalon/law

wall: $(VENV)/.dev  ## behind PostgreSQL's row-level security (DATABASE_URL): the wall, conventions, what the other houses are shown
	JALON_WALL=1 DATABASE_URL="$(DATABASE_URL)?options=-c%20jalon.role%3Dsystem" $(BIN)/python -m pytest -m "" -n 2 --dist loadgroup \
	  -k "not costs and (not key_sets or col.a or emp.31 or mem.31.1 or etr.31 or per.1)" \
	  jalon/people/tests/test_wall.py jalon/journeys/tests/test_wall.py jalon/conventions tests/hostile/test_key_sets.py

bench: $(VENV)/.dev
	$(BIN)/jalon bench

messages: $(VENV)/.dev  ## extract, merge and compile the English catalogue
	$(BIN)/python -m jalon.ui.messages

docs: $(VENV)/.core  ## build docs/law: the rules, the dated values, worked cases
	$(BIN)/python docs/build_law.py

screens: $(VENV)/.dev  ## take the screenshots of docs/screens
	$(BIN)/python tests/browser/screens.py

install: $(VENV)/.core

$(VENV)/.core: requirements/core.txt pyproject.toml
	$(call sync,requirements/core.txt)
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml
	$(call sync,requirements/dev.txt)
	touch $@ $(VENV)/.core

# uv by hash when it can be had (fast), else plain pip into a venv made without ensurepip.
# The project itself is put on the path by a .pth file: nothing is built, nothing is fetched for it.
define sync
@mkdir -p .tools; test -x $(UV) || $(PY) -m pip $(PIPQ) --target .tools -r requirements/uv.txt 2>.tools/log || echo "uv absent, on continue avec pip"
@if [ -x $(UV) ] && [ -z "$$NO_UV" ]; then \
  $(UV) venv -q --allow-existing --no-python-downloads --python $(PY) $(VENV) && $(UV) pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes $(1); \
else $(PY) -m venv --without-pip $(VENV) && $(PY) -m pip --python $(BIN)/python $(PIPQ) -r $(1); fi
@$(BIN)/python -c "import sysconfig, pathlib; pathlib.Path(sysconfig.get_path('purelib'), 'jalon.pth').write_text('$(CURDIR)\n')"
@printf '#!%s\nimport sys\nfrom jalon.cli import main\nsys.exit(main())\n' '$(CURDIR)/$(BIN)/python' > $(BIN)/jalon && chmod +x $(BIN)/jalon
endef

# lock files: hashes only, no registry address in them
lock: $(UV)
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements/core.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --group postgres -c requirements/core.txt -o requirements/prod.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --group postgres --group dev -c requirements/core.txt -o requirements/dev.txt
	! grep -nE '(https?|file)://|--(extra-)?index-url|--find-links' requirements/*.txt

$(UV): requirements/uv.txt
	@mkdir -p .tools; $(PY) -m pip $(PIPQ) --target .tools -r requirements/uv.txt
