{{- define "pgweir.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "pgweir.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "pgweir.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "pgweir.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "pgweir.selector" -}}
app.kubernetes.io/name: {{ include "pgweir.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "pgweir.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "pgweir.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: database-proxy
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Headless: each pod by itself, for Prometheus and as a StatefulSet wants it. */}}
{{- define "pgweir.adminService" -}}
{{- printf "%s-admin" (include "pgweir.fullname" . | trunc 57 | trimSuffix "-") }}
{{- end }}

{{- define "pgweir.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "pgweir.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "pgweir.workload" -}}
{{- if .Values.volume.claim }}StatefulSet{{ else }}Deployment{{ end }}
{{- end }}

{{/* Text where values would make pods that nobody reaches; else nothing. */}}
{{- define "pgweir.fault" -}}
{{- range $port := .Values.ports }}
{{- $found := false }}
{{- range $.Values.config.listeners }}
{{- if regexMatch (printf "(^|:)%d$" (int $port.targetPort)) (toString .listen) }}
{{- $found = or (eq $.Values.mode "sidecar") (not (regexMatch "^([0-9]+$|127\\.|localhost:|\\[::1\\])" (toString .listen))) }}
{{- end }}
{{- end }}
{{- if not $found }}
{{- printf "ports: %s leads to %d, where no listener of `config` is open to others. " $port.name (int $port.targetPort) }}
{{- end }}
{{- end }}
{{- with (.Values.config.admin).listen }}
{{- if not (regexMatch (printf "(^|:)%d$" (int $.Values.adminPort)) (toString .)) }}
{{- printf "config.admin.listen is %v, adminPort %d. " . (int $.Values.adminPort) }}
{{- end }}
{{- end }}
{{- end }}

{{/* pgweir.yaml: `config`, and an admin side where it has none. */}}
{{- define "pgweir.config" -}}
{{- with include "pgweir.fault" . }}{{ fail . }}{{ end }}
{{- $admin := dict "listen" (printf "127.0.0.1:%v" .Values.adminPort) }}
{{- if .Values.adminTokenSecret }}
{{- $admin = dict "listen" (printf "0.0.0.0:%v" .Values.adminPort) "token-file" "/run/pgweir/admin/token" }}
{{- end }}
{{- mergeOverwrite (dict "admin" $admin) (deepCopy .Values.config) | toYaml }}
{{- end }}

{{/* An annotation of pods that have the sidecar, where a change shall replace them. */}}
{{- define "pgweir.checksum" -}}
pgweir.io/config-checksum: {{ include "pgweir.config" . | sha256sum }}
{{- end }}

{{- define "pgweir.probe" -}}
{{- $tls := (.Values.config.admin).tls }}
{{- if and .Values.adminTokenSecret (not (get (default dict $tls) "client-ca")) -}}
httpGet: {path: {{ .path }}, port: admin{{ if $tls }}, scheme: HTTPS{{ end }}}
{{- else -}}
exec: {command: [/opt/pgweir/bin/health, {{ .path }}]}
{{- end }}
{{- end }}

{{/* The container, without what only a sidecar has. */}}
{{- define "pgweir.container" -}}
name: pgweir
image: {{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [run, --config, /etc/pgweir/pgweir.yaml]
ports:
  {{- range .Values.ports }}
  - {name: {{ .name | quote }}, containerPort: {{ .targetPort }}, protocol: TCP}
  {{- end }}
  {{- if .Values.adminTokenSecret }}
  - {name: admin, containerPort: {{ .Values.adminPort }}, protocol: TCP}
  {{- end }}
env:
  - {name: PGWEIR_HEAP, value: {{ .Values.heap | quote }}}
  - {name: PGWEIR_DIRECT, value: {{ .Values.direct | quote }}}
  - {name: PGWEIR_JAVA_OPTS, value: {{ .Values.javaOptions | quote }}}
  {{- if (.Values.config.admin).tls }}
  # It speaks HTTP alone.
  - {name: PGWEIR_HEALTH, value: "tcp:127.0.0.1:{{ (first .Values.ports).targetPort }}"}
  {{- else }}
  - {name: PGWEIR_HEALTH, value: "127.0.0.1:{{ .Values.adminPort }}"}
  {{- end }}
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
# Alive: who is not ready because records cannot be kept would be ended for it, again and again.
startupProbe:
  {{- include "pgweir.probe" (dict "Values" .Values "path" "/healthz") | nindent 2 }}
  periodSeconds: 1
  failureThreshold: 60
  timeoutSeconds: 3
readinessProbe:
  {{- include "pgweir.probe" (dict "Values" .Values "path" "/readyz") | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 3
{{- if .Values.adminTokenSecret }}
livenessProbe:
  {{- include "pgweir.probe" (dict "Values" .Values "path" "/healthz") | nindent 2 }}
  periodSeconds: 10
  failureThreshold: 6
  timeoutSeconds: 5
{{- end }}
lifecycle:
  preStop:
    exec: {command: [sleep, {{ .Values.preStopSeconds | quote }}]}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - {name: pgweir-config, mountPath: /etc/pgweir, readOnly: true}
  - {name: pgweir-data, mountPath: /var/lib/pgweir}
  {{- if .Values.adminTokenSecret }}
  - {name: pgweir-admin, mountPath: /run/pgweir/admin, readOnly: true}
  {{- end }}
  {{- range .Values.secrets }}
  - {name: pgweir-{{ .name }}, mountPath: /run/pgweir/{{ .name }}, readOnly: true}
  {{- end }}
{{- end }}

{{/* Of an application's chart, an entry of initContainers: {{ include "pgweir.sidecar" .Subcharts.pgweir | nindent 8 }} */}}
{{- define "pgweir.sidecar" -}}
- restartPolicy: Always
  {{- include "pgweir.container" . | nindent 2 }}
{{- end }}

{{/* Entries of volumes, beside it. Whether an application's pods have an fsGroup, by which pgweir could read a 0440, is theirs to say. */}}
{{- define "pgweir.volumes" -}}
{{- $mode := eq .Values.mode "sidecar" | ternary "0444" "0440" -}}
- name: pgweir-config
  configMap: {name: {{ include "pgweir.fullname" . }}}
{{- if not (and .Values.volume.claim (eq .Values.mode "standalone")) }}
- name: pgweir-data
  emptyDir: {sizeLimit: {{ .Values.volume.size | quote }}}
{{- end }}
{{- if .Values.adminTokenSecret }}
- name: pgweir-admin
  secret: {secretName: {{ .Values.adminTokenSecret | quote }}, defaultMode: {{ $mode }}}
{{- end }}
{{- range .Values.secrets }}
- name: pgweir-{{ .name }}
  secret: {secretName: {{ .secret | quote }}, defaultMode: {{ $mode }}}
{{- end }}
{{- end }}
