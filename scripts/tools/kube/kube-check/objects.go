package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"
)

// namespace is where everything would go.
const namespace = "default"

// read reads manifests, and fails when there are none.
func read(in io.Reader) ([]*unstructured.Unstructured, error) {
	var out []*unstructured.Unstructured
	documents := yaml.NewYAMLOrJSONDecoder(bufio.NewReader(in), 4096)
	for {
		var o unstructured.Unstructured
		err := documents.Decode(&o.Object)
		switch {
		case errors.Is(err, io.EOF) && len(out) == 0:
			return nil, errors.New("there are no manifests on standard input")
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case len(o.Object) > 0:
			out = append(out, &o)
		}
	}
}

// dryRuns asks for what is not kept.
type dryRuns struct {
	objects dynamic.Interface
	kinds   meta.RESTMapper
}

func newDryRuns(objects dynamic.Interface, client *kubernetes.Clientset) (dryRuns, error) {
	groups, err := restmapper.GetAPIGroupResources(client.Discovery())
	if err != nil {
		return dryRuns{}, err
	}
	return dryRuns{objects, restmapper.NewDiscoveryRESTMapper(groups)}, nil
}

// dryRun says why the server would refuse an object: an unknown or doubled field, or whatever else is wrong with it.
func (d dryRuns) dryRun(ctx context.Context, o *unstructured.Unstructured) error {
	kind := o.GroupVersionKind()
	mapping, err := d.kinds.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		return fmt.Errorf("a %s belongs to no namespace", kind.Kind)
	}
	text, err := o.MarshalJSON()
	if err != nil {
		return err
	}
	strict := metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: "kube-check", FieldValidation: metav1.FieldValidationStrict}
	_, err = d.objects.Resource(mapping.Resource).Namespace(namespace).Patch(ctx, o.GetName(), "application/apply-patch+yaml", text, strict)
	return err
}
