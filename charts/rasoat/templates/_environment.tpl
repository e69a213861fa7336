{{/* How a service is set up: by its environment alone. Takes a list: the root, the name of the service. */}}
{{- define "rasoat.environment" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $service := index $root.Values.services $name -}}
{{- $secrets := $root.Values.secrets -}}
{{- $mongodb := merge (dict) (default (dict) $service.mongodbSecret) $secrets.mongodb -}}
- name: RASOAT_NATS_URL
  valueFrom:
    secretKeyRef:
      name: {{ $secrets.nats.name }}
      key: {{ $secrets.nats.urlKey }}
{{- if $secrets.natsCredentials.name }}
- name: RASOAT_NATS_CREDS
  value: /etc/rasoat/nats/credentials/nats.creds
{{- end }}
{{- with $secrets.natsTLS }}
{{- if .name }}
{{- if .caKey }}
- name: RASOAT_NATS_CA
  value: /etc/rasoat/nats/tls/ca.crt
{{- end }}
{{- if .certKey }}
- name: RASOAT_NATS_CERT
  value: /etc/rasoat/nats/tls/tls.crt
- name: RASOAT_NATS_KEY
  value: /etc/rasoat/nats/tls/tls.key
{{- end }}
{{- end }}
{{- end }}
- name: RASOAT_REPLICAS
  value: {{ $root.Values.streams.replicas | quote }}
- name: RASOAT_MONGODB_URI
  valueFrom:
    secretKeyRef:
      name: {{ $mongodb.name }}
      key: {{ $mongodb.uriKey }}
- name: RASOAT_DRIVE
  value: /etc/rasoat/drive
{{- if include "rasoat.needsKey" $name }}
- name: RASOAT_KEY_FILE
  value: /etc/rasoat/key/reference.key
{{- end }}
- name: RASOAT_ACCESS_ISSUER
  value: {{ $root.Values.access.issuer | quote }}
{{- if $root.Values.access.jwksURL }}
- name: RASOAT_ACCESS_JWKS
  value: {{ $root.Values.access.jwksURL | quote }}
{{- else }}
- name: RASOAT_ACCESS_KEYS
  value: /etc/rasoat/access/keys
{{- end }}
{{- if eq $name "intake" }}
- name: RASOAT_TOKEN_FILE
  value: /etc/rasoat/token/token
{{- end }}
{{- if eq $name "matching" }}
- name: RASOAT_REGISTRY
  value: {{ required "registry.address is needed: the host:port of the population registry that matching asks" $root.Values.registry.address | quote }}
{{- end }}
{{- if eq $name "intake" }}
- name: RASOAT_REPORTING
  value: {{ printf "dns:///%s-reporting:%v" (include "rasoat.fullname" $root) $root.Values.ports.grpc | quote }}
{{- end }}
{{- if eq $name "reporting" }}
{{- range $peer := list "intake" "validation" "matching" }}
{{- if index $root.Values.services $peer }}
- name: RASOAT_{{ upper $peer }}
  value: {{ printf "dns:///%s-%s:%v" (include "rasoat.fullname" $root) $peer $root.Values.ports.grpc | quote }}
{{- end }}
{{- end }}
{{- if $secrets.webhooks.name }}
- name: RASOAT_WEBHOOKS
  value: /etc/rasoat/webhooks/{{ $secrets.webhooks.file }}
{{- end }}
{{- end }}
- name: RASOAT_DRAIN
  value: {{ $root.Values.shutdown.drainSeconds }}s
- name: RASOAT_LOG_LEVEL
  value: {{ $root.Values.log.level }}
- name: RASOAT_LOG_FORMAT
  value: {{ $root.Values.log.format }}
- name: RASOAT_GRPC_LISTEN
  value: ":{{ $root.Values.ports.grpc }}"
- name: RASOAT_HTTP_LISTEN
  value: ":{{ $root.Values.ports.http }}"
{{- with $root.Values.telemetry.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- range $key, $value := $service.env }}
- name: {{ $key }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}
