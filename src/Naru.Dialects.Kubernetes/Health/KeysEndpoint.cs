using System.Text;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Access;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Health;

/// <summary>What others check the tokens of service accounts with: the issuer and its keys.</summary>
internal sealed class KeysEndpoint(ITokenIssuer issuer, AnswerSender sender) : IPathEndpoint
{
    public bool Takes(string path) => path is "/openid/v1/jwks" or "/.well-known/openid-configuration";

    public Task HandleAsync(Exchange exchange)
    {
        var headers = exchange.Http.Response.Headers;
        headers.CacheControl = "public, max-age=3600";
        if (exchange.Target.Path == "/openid/v1/jwks")
        {
            return sender.SendAsync(exchange, new Payload(Encoding.UTF8.GetBytes(issuer.KeySet)), 200, "application/jwk-set+json");
        }

        var document = new MapValue
        {
            ["issuer"] = issuer.Issuer,
            ["jwks_uri"] = $"{issuer.Issuer.TrimEnd('/')}/openid/v1/jwks",
            ["response_types_supported"] = new ListValue(["id_token"]),
            ["subject_types_supported"] = new ListValue(["public"]),
            ["id_token_signing_alg_values_supported"] = new ListValue([issuer.KeySet.Contains("\"ES256\"", StringComparison.Ordinal) ? "ES256" : "RS256"]),
        };
        return sender.SendAsync(exchange, new Payload(JsonText.ToBytes(document)), 200, "application/json");
    }
}
