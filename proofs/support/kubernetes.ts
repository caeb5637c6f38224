/** Checks manifests by the schemas of Kubernetes and of the Prometheus operator, and finds the fields that these do not know. */
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { Manifest } from './helm.ts';

const models = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PrometheusRule,
  Secret,
  Service,
  ServiceAccount,
  ServiceMonitor,
];

/** What an API server would say against a manifest; empty: it would take it. */
export function problemsOf(manifest: Manifest): readonly string[] {
  const model = models.find(({ apiVersion, kind }) => apiVersion === manifest.apiVersion && kind === manifest.kind);
  if (!model) return [`${manifest.apiVersion} ${manifest.kind} is not known here`];
  const read = new Set<string>();
  try {
    recorded(Object.assign(new model(), manifest), '', read).validate();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return pathsOf(manifest, '').flatMap((path) => (read.has(path) ? [] : [`${path} is an unknown field`]));
}

/** The schemas allow every further field, but look at none that they do not know: what was never looked at is unknown. */
function recorded<T extends object>(target: T, path: string, read: Set<string>): T {
  return new Proxy(target, {
    get(of, key) {
      const value: unknown = Reflect.get(of, key);
      const inner = `${path}/${String(key)}`;
      read.add(inner);
      return isObject(value) ? recorded(value, inner, read) : value;
    },
  });
}

function pathsOf(value: object, path: string): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const innerPath = `${path}/${key}`;
    return [innerPath, ...(isObject(inner) ? pathsOf(inner, innerPath) : [])];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
