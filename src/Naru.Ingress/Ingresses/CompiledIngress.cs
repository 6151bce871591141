using Naru.Ingress.Backends;
using Naru.Ingress.Certificates;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Ingresses;

/// <summary>What one Ingress comes to.</summary>
internal sealed record CompiledIngress(IReadOnlyList<HostRoute> Routes, IReadOnlyList<HostCertificate> Certificates, IReadOnlyList<ServiceBackend> Backends, IReadOnlyList<string> Problems);
