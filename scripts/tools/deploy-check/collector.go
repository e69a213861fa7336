package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"
)

// collectorConfig is a configuration of the collector; what is in a component is read by its type.
type collectorConfig struct {
	Receivers, Processors, Exporters, Extensions map[string]yaml.Node
	Service                                      struct {
		Extensions []string
		Pipelines  map[string]struct{ Receivers, Processors, Exporters []string }
		Telemetry  struct {
			Metrics struct {
				Readers []struct {
					Pull struct {
						Exporter struct {
							Prometheus struct {
								Host string
								Port int
							}
						}
					}
				}
			}
		}
	}
}

// endpoint is what receivers and extensions that listen have.
type endpoint struct{ Endpoint string }

// components are those of the collector's core distribution that are in use, with their settings in use.
var components = map[string]map[string]func() any{
	"receivers": {"otlp": func() any {
		return new(struct{ Protocols struct{ GRPC, HTTP endpoint } })
	}},
	"processors": {
		"memory_limiter": func() any {
			return new(struct {
				CheckInterval        string `yaml:"check_interval"`
				LimitPercentage      int    `yaml:"limit_percentage"`
				SpikeLimitPercentage int    `yaml:"spike_limit_percentage"`
			})
		},
		"attributes": func() any {
			return new(struct {
				Actions []struct{ Key, Action string }
			})
		},
		"batch": func() any {
			return new(struct {
				SendBatchSize int `yaml:"send_batch_size"`
				Timeout       string
			})
		},
	},
	"exporters": {"otlp": func() any {
		return new(struct {
			Endpoint string
			TLS      struct{ Insecure bool }
			Queue    struct {
				QueueSize int `yaml:"queue_size"`
			} `yaml:"sending_queue"`
			Retry struct {
				MaxElapsedTime string `yaml:"max_elapsed_time"`
			} `yaml:"retry_on_failure"`
		})
	}},
	"extensions": {"health_check": func() any { return new(endpoint) }},
}

// checkCollector reads each component strictly, and sees that pipelines name components that are defined, and that all of those are named.
func checkCollector(file string, p *types.Project, c *complaints) {
	var config collectorConfig
	if err := strict(file, &config); err != nil {
		c.add("%w", err)
		return
	}
	used := map[string][]string{"extensions": config.Service.Extensions}
	for _, pipeline := range config.Service.Pipelines {
		if len(pipeline.Receivers) == 0 || len(pipeline.Exporters) == 0 || !slices.Contains(pipeline.Processors, "memory_limiter") || pipeline.Processors[0] != "memory_limiter" {
			c.add("%s: a pipeline has a receiver, an exporter, and memory_limiter as its first processor", file)
		}
		used["receivers"] = append(used["receivers"], pipeline.Receivers...)
		used["processors"] = append(used["processors"], pipeline.Processors...)
		used["exporters"] = append(used["exporters"], pipeline.Exporters...)
	}
	for kind, defined := range map[string]map[string]yaml.Node{
		"receivers": config.Receivers, "processors": config.Processors, "exporters": config.Exporters, "extensions": config.Extensions,
	} {
		for _, name := range used[kind] {
			if _, ok := defined[name]; !ok {
				c.add("%s: a pipeline names %q, which %s do not define", file, name, kind)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(defined)) {
			if !slices.Contains(used[kind], name) {
				c.add("%s: nobody uses %q of %s", file, name, kind)
			}
			of, _, _ := strings.Cut(name, "/")
			settings, ok := components[kind][of]
			if !ok {
				c.add("%s: %s know no %q", file, kind, of)
				continue
			}
			node := defined[name]
			if err := strictNode(&node, settings()); err != nil {
				c.add("%s: %s: %w", file, name, err)
			}
			var at endpoint
			if kind == "exporters" && node.Decode(&at) == nil {
				checkHost(file, at.Endpoint, p, c)
			}
		}
	}
}

// strictNode decodes a node; a field that the target does not have is an error. Nodes by themselves have no strict way.
func strictNode(node *yaml.Node, into any) error {
	text, err := yaml.Marshal(node)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	return d.Decode(into)
}
