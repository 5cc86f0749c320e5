# Two commands matter: `make lab` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
SUDO := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env=RELEASE,IMAGE,ACCESS,VIPS,PARTS,BACKEND,STORAGE,MIRROR,SAMBA_HA_LAB)
PYTHON := .venv/bin/python
RELEASE ?= trixie
IMAGE ?= packages
# How clients reach the lab: proxy, direct, or as it was made.
ACCESS ?=
# How many addresses its front ends hold: 1, 2, or as it was made.
VIPS ?=
# What it has: pool, pair, kernel_client, or as it was made.
PARTS ?=
# What is under its pool: gluster, nfs, gfs2, or as it was made.
BACKEND ?=
# What is under its pair: gluster, nfs, drbd, device, or as it was made.
STORAGE ?=
export RELEASE IMAGE ACCESS VIPS PARTS BACKEND STORAGE

.DEFAULT_GOAL := help
.PHONY: help lab lab-down setup test quick test-pair test-nfs test-gfs2 bench-deploy bench-access bench-failover bench-alarms bench-proxy soak build

help:           ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

lab:            ## start the lab and deploy the service (RELEASE=bookworm, IMAGE=bare, ACCESS=direct, VIPS=2, PARTS=pair)
	@$(SUDO) python3 molecule/resources/lab.py up

lab-down:       ## remove all that `make lab` made
	@$(SUDO) python3 molecule/resources/lab.py down

setup:          ## install system packages, the virtual environment and the lab's image
	@$(SUDO) python3 molecule/resources/lab.py setup

test: setup     ## all tests; exit status 0 if all passed
	@$(SUDO) $(PYTHON) tests/run.py

quick: setup    ## the tests that need no lab: lint, docs, sanity, unit, contract
	@$(SUDO) $(PYTHON) tests/run.py --quick

test-pair: setup  ## a failover pair, broken in every way (about six minutes; STORAGE=nfs, drbd or device: longer)
	@$(SUDO) $(PYTHON) tests/run.py pair

test-nfs: export BACKEND = nfs
test-nfs: export PARTS = pool,kernel_client
test-nfs: setup  ## a pool on NFS, whose hosts have kernels of their own (about ten minutes)
	@$(SUDO) $(PYTHON) tests/run.py nfs

test-gfs2: export BACKEND = gfs2
test-gfs2: setup  ## a pool on GFS2, which hosts with kernels of their own share (about ten minutes)
	@$(SUDO) $(PYTHON) tests/run.py gfs2

bench-deploy: setup  ## site.yml against a shell script that does the same by hand
	@$(SUDO) $(PYTHON) tests/bench/deploy.py

bench-access:   ## glusterfs against glusterfs_fuse on a live lab
	@$(SUDO) $(PYTHON) tests/bench/access.py

bench-failover: ## the outage of every fault, upstream's timeouts against the default, on a live lab
	@$(SUDO) $(PYTHON) tests/bench/failover.py $(if $(RUNS),--runs $(RUNS))

bench-alarms:   ## an hour of full load on a live lab with nothing broken: no detector may say so (MINUTES=10)
	@$(SUDO) $(PYTHON) tests/bench/alarms.py $(if $(MINUTES),--minutes $(MINUTES))

bench-proxy:    ## through the front end against directly at a node, on a live lab
	@$(SUDO) $(PYTHON) tests/bench/proxy.py

soak:           ## a hundred random faults on a live lab (FAULTS=20, SEED=1)
	@$(SUDO) $(PYTHON) tests/bench/soak.py $(if $(FAULTS),--faults $(FAULTS)) $(if $(SEED),--seed $(SEED))

build: setup    ## the collection as an artefact that ansible-galaxy installs
	@.venv/bin/ansible-galaxy collection build --force --output-path .cache
