{{/* TCP ports of a NetworkPolicy. Takes their numbers. */}}
{{- define "rasoat.tcp" -}}
{{- $ports := list -}}
{{- range . -}}
{{- $ports = append $ports (dict "protocol" "TCP" "port" (int .)) -}}
{{- end -}}
{{- toJson $ports -}}
{{- end -}}

{{/* The pods of some services of this release, as peers. Takes a list: the root, the names of the services. */}}
{{- define "rasoat.podsOf" -}}
{{- $root := index . 0 -}}
{{- $peers := list -}}
{{- range index . 1 -}}
{{- $peers = append $peers (dict "podSelector" (dict "matchLabels" (include "rasoat.selector" (list $root .) | fromYaml))) -}}
{{- end -}}
{{- toYaml $peers -}}
{{- end -}}

{{/* A way out. Takes a list: to and ports as the values have them, the ports when these are none. */}}
{{- define "rasoat.way" -}}
{{- $way := index . 0 -}}
- ports: {{ include "rasoat.tcp" ($way.ports | default (index . 1)) }}
  {{- with $way.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
