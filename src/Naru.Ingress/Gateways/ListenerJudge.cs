using Naru.Ingress.Certificates;
using Naru.Ingress.Listening;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>Finds out what listeners can be: sockets, certificates, conflicts.</summary>
internal sealed class ListenerJudge(ListenerSet sockets, SecretCertificates certificates, ReferenceGrants grants)
{
    public void Judge(GatewayView gateway)
    {
        foreach (var listener in gateway.Listeners)
        {
            Judge(listener);
        }

        foreach (var listener in gateway.Listeners)
        {
            FindConflict(gateway, listener);
        }
    }

    private void Judge(ListenerView listener)
    {
        if (listener.Protocol is not ("HTTP" or "HTTPS"))
        {
            listener.Refused = ("UnsupportedProtocol", $"{listener.Protocol} is not spoken here");
            return;
        }

        listener.Key = sockets.KeyOf(listener.Port, listener.IsTls);
        if (listener.Key is null)
        {
            listener.Refused = ("PortUnavailable", "This port is turned off");
        }

        if (listener.Spec.List("allowedRoutes", "kinds") is { Count: > 0 } kinds && kinds.Count != listener.Kinds().Count)
        {
            listener.Unresolved = ("InvalidRouteKinds", "Not every kind of route that is allowed is known here");
        }

        if (listener.IsTls)
        {
            FindCertificates(listener);
        }
    }

    private void FindCertificates(ListenerView listener)
    {
        if (listener.Spec.Text("tls", "mode") == "Passthrough")
        {
            listener.Refused = ("UnsupportedValue", "TLS is ended here, not passed through");
            return;
        }

        var references = listener.Spec.Maps("tls", "certificateRefs").ToList();
        if (references.Count == 0)
        {
            listener.Unresolved = ("InvalidCertificateRef", "There is no certificate");
        }

        foreach (var reference in references)
        {
            AddCertificate(listener, reference);
        }
    }

    private void AddCertificate(ListenerView listener, MapValue reference)
    {
        var own = listener.Gateway.Namespace;
        var @namespace = reference.Text("namespace") ?? own;
        var name = reference.Text("name") ?? "";
        if ((reference.Text("group") ?? "").Length > 0 || (reference.Text("kind") ?? "Secret") != "Secret")
        {
            listener.Unresolved = ("InvalidCertificateRef", $"{reference.Text("kind")} {name} is not a Secret");
        }
        else if (!grants.Allow("Gateway", own, "", "Secret", @namespace, name))
        {
            listener.Unresolved = ("RefNotPermitted", $"No ReferenceGrant in {@namespace} allows to name Secret {name}");
        }
        else
        {
            var certificate = certificates.For(@namespace, name);
            listener.Certificates.Add(certificate);
            if (certificate.Problem.Length > 0)
            {
                listener.Unresolved = ("InvalidCertificateRef", $"Secret {@namespace}/{name}: {certificate.Problem}");
            }
        }
    }

    /// <summary>The first of two that cannot be together stands.</summary>
    private static void FindConflict(GatewayView gateway, ListenerView listener)
    {
        foreach (var earlier in gateway.Listeners.TakeWhile(one => one != listener).Where(one => one.Port == listener.Port && one.Refused is null && one.Conflict is null))
        {
            if (earlier.Protocol != listener.Protocol)
            {
                listener.Conflict = ("ProtocolConflict", $"Listener {earlier.Name} speaks {earlier.Protocol} on this port");
            }
            else if (earlier.Host == listener.Host)
            {
                listener.Conflict = ("HostnameConflict", $"Listener {earlier.Name} has the same name on this port");
            }
        }
    }
}
