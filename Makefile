# The targets; what they do is in scripts/, one file each.
.DEFAULT_GOAL := help
.PHONY: help demo install cluster test check lint generate bench microbench charts kube mutate fuzz weights linkage fire drills upgrade

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run a whole drive on this machine; needs only Go. Options: make demo ARGS="--help"
	@scripts/install --quiet
	@exec env RASOAT_FOREGROUND=1 .bin/rasoat-standalone demo $(ARGS)

install: ## build the commands rasoat and rasoat-standalone into .bin/
	@scripts/install

cluster: ## run every service as processes of their own, with three brokers, and compare with a standalone run. Options: make cluster ARGS="--pupils 1000"
	scripts/cluster $(ARGS)

test: ## run every test with the race detector
	scripts/test

check: ## run the other gates: lint, generated code, contracts, charts, deployment
	scripts/check

lint: ## formatting, module files, go vet and linters
	scripts/lint

generate: ## generate Go code and the HTTP description from the contracts
	scripts/third-party
	scripts/generate

bench: ## measure the pipeline against the floors of its parts. Options: make bench ARGS="--sizes 5000"
	go run ./services/standalone/bench $(ARGS)

microbench: ## run the benchmarks of the packages and compare with the run before. Some only: make microbench BENCH=Merge
	scripts/bench '$(BENCH)'

charts: ## lint, render and test the Helm chart
	scripts/charts

kube: ## ask a real Kubernetes API server, built from source, whether it takes the chart (ten minutes the first time)
	scripts/kube

mutate: ## change the law of assessment one step at a time and see that a test notices
	scripts/mutate

fuzz: ## fuzz every reader of outside text. Options: make fuzz TIME=10m NAME=Date
	scripts/fuzz '$(or $(TIME),2m)' '$(NAME)'

weights: ## fit the weights of matching again, on a nation that no test uses
	scripts/weights

linkage: ## link 100,000 unresolved pupils with an extract of 1,000,000 people and tell how well. Options: make linkage PEOPLE=100000
	scripts/linkage $(PEOPLE)

fire: ## run at full size what make test runs small: 20,000 pupils corrected and approved while the process is killed, and a feed that lags by 100,000
	go test ./services/standalone/e2e -run '^(TestConservationUnderFire|TestFeed)$$' -count 1 -v -timeout 60m -args -fire $(or $(PUPILS),20000)

drills: ## break a cluster in every way that it must survive (as root, in networks and on disks of its own), and write what held. Options: make drills ARGS="--only split,cut"
	scripts/drills $(ARGS)

upgrade: ## exchange the processes of an earlier commit for those of this one, back and again, while schools hand in: make upgrade FROM=HEAD~20
	RASOAT_UPGRADE_FROM=$(FROM) go test -tags drills ./services/standalone/upgrade -run '^TestUpgradeUnderLoad$$' -count 1 -v -timeout 40m
