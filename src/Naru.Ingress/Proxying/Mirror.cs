using Naru.Ingress.Backends;

namespace Naru.Ingress.Proxying;

/// <summary>A backend that gets copies of requests: of so many in so many.</summary>
internal sealed record Mirror(ServiceBackend Backend, int Numerator = 1, int Denominator = 1);
