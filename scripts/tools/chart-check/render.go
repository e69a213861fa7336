package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

// render gives the number of manifests that the chart renders with the values.
func render(chart, file string) (int, error) {
	values, err := common.ReadValuesFile(file)
	if err != nil {
		return 0, err
	}
	var complaints []error
	for _, m := range lint.RunAll(chart, values, "default").Messages {
		if m.Severity >= support.WarningSev {
			complaints = append(complaints, m)
		}
	}
	if len(complaints) > 0 {
		return 0, errors.Join(complaints...)
	}

	// The linter has taken every null out of the values, and with it what the file says to leave out.
	if values, err = common.ReadValuesFile(file); err != nil {
		return 0, err
	}
	loaded, err := loader.Load(chart)
	if err != nil {
		return 0, err
	}
	release := common.ReleaseOptions{Name: "test", Namespace: "default", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(loaded, values, release, nil)
	if err != nil {
		return 0, err
	}
	rendered, err := engine.Render(loaded, all)
	if err != nil {
		return 0, err
	}

	n := 0
	seen := map[string]bool{}
	for name, text := range rendered {
		if path.Ext(name) != ".yaml" {
			continue
		}
		documents := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
		for {
			document, err := documents.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return 0, fmt.Errorf("%s: %w", name, err)
			}
			if empty(string(document)) {
				continue
			}
			if err := decode(document, seen); err != nil {
				complaints = append(complaints, fmt.Errorf("%s: %w", name, err))
			}
			n++
		}
	}
	if n == 0 {
		complaints = append(complaints, errors.New("it renders nothing"))
	}
	return n, errors.Join(complaints...)
}

var decoder = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

// decode decodes one manifest, and remembers it in seen: two of the same kind and name would overwrite each other.
func decode(document []byte, seen map[string]bool) error {
	object, kind, err := decoder.Decode(document, nil, nil)
	if err != nil {
		return err
	}
	named, ok := object.(interface{ GetName() string })
	if !ok || named.GetName() == "" {
		return fmt.Errorf("a %s without a name", kind.Kind)
	}
	id := kind.Kind + "/" + named.GetName()
	if seen[id] {
		return fmt.Errorf("%s is there twice", id)
	}
	seen[id] = true
	return nil
}

// empty says whether a document holds nothing but comments.
func empty(document string) bool {
	return !slices.ContainsFunc(strings.Split(document, "\n"), func(line string) bool {
		line = strings.TrimSpace(line)
		return line != "" && line != "---" && !strings.HasPrefix(line, "#")
	})
}
