using System.Buffers.Text;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Naru.Access.Tokens;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Access.Tests;

public sealed class TokenTests
{
    private const string Api = "https://kubernetes.default.svc.cluster.local";

    [Fact]
    public async Task Token_OfAnAccount_StandsForItUntilItEnds()
    {
        using var access = new AccessFixture(new AccessOptions { TokenCacheTime = TimeSpan.Zero });
        var issued = access.Get<ITokenIssuer>().Issue(await WishAsync(access));

        var identity = await FindAsync(access, issued.Token);

        Assert.Equal("system:serviceaccount:a:robot", identity!.User.Name);
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"], identity.User.Groups);
        Assert.StartsWith("JTI=", identity.User.Extra["authentication.kubernetes.io/credential-id"][0], StringComparison.Ordinal);
        Assert.Equal([Api], identity.Audiences);
        Assert.Equal(access.Time.GetUtcNow().AddHours(1), issued.Expires);
        access.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await FindAsync(access, issued.Token));
    }

    [Fact]
    public async Task Token_ForOthers_IsTakenForThemAlone()
    {
        using var access = new AccessFixture();
        var token = access.Get<ITokenIssuer>().Issue(await WishAsync(access) with { Audiences = ["vault", "x"] }).Token;

        Assert.Null(await FindAsync(access, token));
        Assert.Equal(["vault"], (await FindAsync(access, token, "vault", "y"))!.Audiences);
    }

    [Fact]
    public async Task Token_WhoseAccountWasMadeAnew_IsWorthless()
    {
        using var access = new AccessFixture(new AccessOptions { TokenCacheTime = TimeSpan.Zero });
        var token = access.Get<ITokenIssuer>().Issue(await WishAsync(access)).Token;
        await access.Objects.DeleteAsync(new("", "serviceaccounts"), "a", "robot", new DeleteOptions(), TestContext.Current.CancellationToken);
        Assert.Null(await FindAsync(access, token));

        await access.MakeAsync("serviceaccounts", Trees.Map("{'metadata':{'name':'robot','namespace':'a'}}"));

        Assert.Null(await FindAsync(access, token));
    }

    [Theory]
    [InlineData("Pod", "pods")]
    [InlineData("Secret", "secrets")]
    [InlineData("Node", "nodes")]
    public async Task Token_BoundToAnObject_EndsWithIt(string kind, string resource)
    {
        using var access = new AccessFixture(new AccessOptions { TokenCacheTime = TimeSpan.Zero });
        var place = kind == "Node" ? "" : "a";
        var bound = await access.MakeAsync(resource, Trees.Map($"{{'metadata':{{'name':'it'{(kind == "Node" ? "" : ",'namespace':'a'")}}}}}"));
        var token = access.Get<ITokenIssuer>().Issue(await WishAsync(access) with { Bound = new BoundObject(kind, "it", bound.Uid, kind == "Pod" ? "n1" : "", kind == "Pod" ? "u1" : "") }).Token;

        var identity = await FindAsync(access, token);
        Assert.Equal(kind == "Secret" ? null : kind == "Pod" ? "n1" : "it", identity!.User.Extra.GetValueOrDefault("authentication.kubernetes.io/node-name", [null!])[0]);
        await access.Objects.DeleteAsync(new("", resource), place, "it", new DeleteOptions(), TestContext.Current.CancellationToken);
        Assert.Null(await FindAsync(access, token));
    }

    [Fact]
    public async Task Token_OfAKubelet_LivesAYearAndSaysAnHour()
    {
        using var access = new AccessFixture(new AccessOptions { TokenCacheTime = TimeSpan.Zero });
        var pod = await access.MakeAsync("pods", Trees.Map("{'metadata':{'name':'it','namespace':'a'}}"));
        var issued = access.Get<ITokenIssuer>().Issue(await WishAsync(access) with { Bound = new BoundObject("Pod", "it", pod.Uid), Lifetime = TimeSpan.FromSeconds(3607) });

        Assert.Equal(access.Time.GetUtcNow().AddSeconds(3607), issued.Expires);
        access.Time.Advance(TimeSpan.FromDays(364));
        Assert.NotNull(await FindAsync(access, issued.Token));
        access.Time.Advance(TimeSpan.FromDays(2));
        Assert.Null(await FindAsync(access, issued.Token));
    }

    [Fact]
    public async Task Token_Tampered_IsRefused()
    {
        using var access = new AccessFixture();
        using var other = new AccessFixture();
        var wish = await WishAsync(access);
        var token = access.Get<ITokenIssuer>().Issue(wish).Token;
        var parts = token.Split('.');
        var claims = (MapValue)JsonText.Parse(Base64Url.DecodeFromChars(parts[1]));
        claims["exp"] = 99999999999;
        var unsigned = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("{\"alg\":\"none\"}"));

        Assert.NotNull(await FindAsync(access, token));
        Assert.Null(await FindAsync(access, $"{parts[0]}.{JsonWebToken.Encode(claims)}.{parts[2]}"));
        Assert.Null(await FindAsync(access, $"{unsigned}.{parts[1]}."));
        Assert.Null(await FindAsync(access, other.Get<ITokenIssuer>().Issue(wish).Token));
        Assert.Null(await FindAsync(access, "garbage"));
        Assert.Null(await FindAsync(access, new string('.', 100_000)));
    }

    [Fact]
    public async Task Keys_AfterRotation_AreBelievedAsLongAsTheirTokensLive()
    {
        using var access = new AccessFixture(new AccessOptions { TokenCacheTime = TimeSpan.Zero });
        var keys = access.Get<SigningKeys>();
        var wish = await WishAsync(access) with { Lifetime = TimeSpan.FromDays(365) };
        var issuer = access.Get<ITokenIssuer>();
        var (old, oldSet) = (issuer.Issue(wish).Token, issuer.KeySet);
        keys.Rotate();
        Assert.Equal(oldSet, issuer.KeySet);
        access.Time.Advance(TimeSpan.FromDays(364));
        var late = issuer.Issue(wish).Token;
        access.Time.Advance(TimeSpan.FromDays(2));

        keys.Rotate();

        Assert.Equal(2, Trees.Map(issuer.KeySet).List("keys")!.Count);
        Assert.Null(await FindAsync(access, old));
        Assert.NotNull(await FindAsync(access, late));
        Assert.NotNull(await FindAsync(access, issuer.Issue(wish).Token));
        Assert.Single(Directory.GetFiles(Path.Combine(access.Data, "pki", "service-accounts")), static file => File.ReadAllText(file).Contains("PRIVATE", StringComparison.Ordinal));
        for (var year = 0; year < 3; year++)
        {
            access.Time.Advance(TimeSpan.FromDays(366));
            keys.Rotate();
        }

        Assert.InRange(Trees.Map(issuer.KeySet).List("keys")!.Count, 2, 3);
    }

    [Fact]
    public async Task LegacyToken_InItsSecret_IsBelieved()
    {
        using var access = new AccessFixture(new AccessOptions { TokenCacheTime = TimeSpan.Zero });
        var wish = await WishAsync(access);
        var token = access.Get<ILegacyTokenIssuer>().IssueForSecret("a", "s", "robot", wish.ServiceAccountUid);
        Assert.Null(await FindAsync(access, token));

        await access.MakeAsync("secrets", Trees.Map($"{{'metadata':{{'name':'s','namespace':'a'}},'data':{{'token':'{Convert.ToBase64String(Encoding.ASCII.GetBytes(token))}'}}}}"));

        Assert.Equal("system:serviceaccount:a:robot", (await FindAsync(access, token))!.User.Name);
        Assert.Null(await FindAsync(access, token, "vault"));
        await access.Objects.ChangeAsync(new("", "secrets"), "a", "s", static tree => tree.Map("data")!.Remove("token"), new WriteOptions(), TestContext.Current.CancellationToken);
        Assert.Null(await FindAsync(access, token));
    }

    [Fact]
    public async Task BootstrapToken_UntilItsEnd_IsBelieved()
    {
        using var access = new AccessFixture(new AccessOptions { TokenCacheTime = TimeSpan.Zero });
        static string Data(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
        await access.MakeAsync("secrets", Trees.Map($$"""
            {'metadata':{'name':'bootstrap-token-abcdef','namespace':'kube-system'},'type':'bootstrap.kubernetes.io/token','data':{
              'token-id':'{{Data("abcdef")}}','token-secret':'{{Data("0123456789abcdef")}}','expiration':'{{Data("2026-11-25T13:00:00Z")}}','usage-bootstrap-authentication':'{{Data("true")}}','auth-extra-groups':'{{Data("system:bootstrappers:workers")}}'} }
            """));

        var identity = await FindAsync(access, "abcdef.0123456789abcdef");

        Assert.Equal("system:bootstrap:abcdef", identity!.User.Name);
        Assert.Equal(["system:bootstrappers", "system:bootstrappers:workers", "system:authenticated"], identity.User.Groups);
        Assert.Null(await FindAsync(access, "abcdef.0123456789abcdeg"));
        Assert.Null(await FindAsync(access, "abcdeg.0123456789abcdef"));
        access.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await FindAsync(access, "abcdef.0123456789abcdef"));
    }

    [Fact]
    public async Task AdminToken_IsAMaster()
    {
        using var access = new AccessFixture(new AccessOptions { AdminToken = "opensesame" });

        Assert.Contains("system:masters", (await FindAsync(access, "opensesame"))!.User.Groups);
        Assert.Null(await FindAsync(access, "opensesam"));
    }

    [Fact]
    public void Parse_OfAnything_NeverFails()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<string, byte[]>(static (text, bytes) =>
        {
            var part = Base64Url.EncodeToString(bytes ?? []);
            _ = (JsonWebToken.Parse(text ?? ""), JsonWebToken.Parse($"{part}.{text}.{part}"), JsonWebToken.Parse($"{part}.{part}.{part}"));
            return JsonWebToken.Parse($"{JsonWebToken.Encode(new MapValue { ["alg"] = 1 })}.{part}.{part}") is null;
        }));
    }

    [Theory]
    [InlineData("{\"exp\":\"soon\"}")]
    [InlineData("{\"exp\":null}")]
    [InlineData("{\"exp\":-1}")]
    [InlineData("{\"exp\":1e400}")]
    [InlineData("{}")]
    public void Token_WithoutAnEndThatCanBeRead_HasEnded(string claims)
    {
        var token = JsonWebToken.Parse($"{JsonWebToken.Encode(new MapValue { ["alg"] = "ES256" })}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.AAAA");

        Assert.NotEqual(true, token?.IsCurrent(DateTimeOffset.UnixEpoch.AddYears(50)));
    }

    [Fact]
    public void Discovery_NamesTheIssuerAndItsKeys()
    {
        using var access = new AccessFixture();

        var document = Trees.Map(access.Get<ITokenIssuer>().Discovery);

        Assert.Equal(Api, document.Text("issuer"));
        Assert.Equal($"{Api}/openid/v1/jwks", document.Text("jwks_uri"));
    }

    private static async Task<TokenWish> WishAsync(AccessFixture access)
    {
        var account = await access.MakeAsync("serviceaccounts", Trees.Map("{'metadata':{'name':'robot','namespace':'a'}}"));
        return new TokenWish("a", "robot", account.Uid, [], TimeSpan.FromHours(1), null);
    }

    private static ValueTask<TokenIdentity?> FindAsync(AccessFixture access, string token, params string[] audiences) =>
        access.Get<IAuthenticator>().FromTokenAsync(token, audiences, TestContext.Current.CancellationToken);
}
