using Naru.Access.Oidc;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Access.Tests;

public sealed class OidcTests
{
    [Fact]
    public async Task Token_OfTheIssuer_NamesUserAndGroups()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        using var access = Access(issuer, new() { ["team"] = "blue" });
        var claims = Claims(access, issuer);
        claims["team"] = "blue";

        foreach (var token in new[] { issuer.Sign(claims), issuer.SignRsa(claims) })
        {
            var identity = await FindAsync(access, token);
            Assert.Equal("oidc:jane", identity!.User.Name);
            Assert.Equal(["oidc:devs", "oidc:ops", "system:authenticated"], identity.User.Groups);
        }

        claims["team"] = "red";
        Assert.Null(await FindAsync(access, issuer.Sign(claims)));
    }

    [Fact]
    public async Task Token_ThatDoesNotFit_IsRefused()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        using var access = Access(issuer);
        Assert.NotNull(await FindAsync(access, issuer.Sign(Claims(access, issuer))));

        foreach (var (claim, value) in new (string, Value?)[] { ("aud", "other"), ("iss", "https://elsewhere.example.test"), ("exp", access.Time.GetUtcNow().ToUnixTimeSeconds()), ("exp", null), ("nbf", access.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds()), ("name", null) })
        {
            var claims = Claims(access, issuer);
            claims[claim] = value;
            Assert.Null(await FindAsync(access, issuer.Sign(claims)));
        }
    }

    [Fact]
    public async Task Keys_AfterRotation_AreReadAgainButNotAtEveryToken()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        using var access = Access(issuer);
        Assert.NotNull(await FindAsync(access, issuer.Sign(Claims(access, issuer))));
        Assert.NotNull(await FindAsync(access, issuer.Sign(Claims(access, issuer))));
        Assert.Equal(2, issuer.Requests);

        issuer.Rotate();
        Assert.Null(await FindAsync(access, issuer.Sign(Claims(access, issuer))));
        access.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull(await FindAsync(access, issuer.Sign(Claims(access, issuer))));
        Assert.Equal(4, issuer.Requests);
    }

    [Fact]
    public async Task Issuer_ThatIsAway_DoesNotLockOutWhoIsKnown()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        issuer.Broken = true;
        using var access = Access(issuer);
        Assert.Null(await FindAsync(access, issuer.Sign(Claims(access, issuer))));
        issuer.Broken = false;
        access.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull(await FindAsync(access, issuer.Sign(Claims(access, issuer))));

        issuer.Broken = true;
        access.Time.Advance(TimeSpan.FromHours(2));

        Assert.NotNull(await FindAsync(access, issuer.Sign(Claims(access, issuer))));
    }

    [Fact]
    public async Task Email_NotVerified_IsNoName()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        using var access = new AccessFixture(new AccessOptions { Oidc = new OidcOptions { Issuer = issuer.Address, ClientId = "naru", UserNameClaim = "email" } });
        var claims = Claims(access, issuer);
        claims["email"] = "jane@example.test";

        Assert.Equal("jane@example.test", (await FindAsync(access, issuer.Sign(claims)))!.User.Name);
        claims["email_verified"] = false;
        Assert.Null(await FindAsync(access, issuer.Sign(claims)));
    }

    private static AccessFixture Access(FakeIssuer issuer, Dictionary<string, string>? required = null) => new(new AccessOptions
    {
        TokenCacheTime = TimeSpan.Zero,
        Oidc = new OidcOptions { Issuer = issuer.Address, ClientId = "naru", UserNameClaim = "name", UserNamePrefix = "oidc:", GroupsClaim = "groups", GroupsPrefix = "oidc:", RequiredClaims = required ?? [] },
    });

    private static MapValue Claims(AccessFixture access, FakeIssuer issuer) => new()
    {
        ["iss"] = issuer.Address.OriginalString,
        ["aud"] = new ListValue(["naru", "other"]),
        ["sub"] = "1",
        ["name"] = "jane",
        ["groups"] = new ListValue(["devs", "ops"]),
        ["exp"] = access.Time.GetUtcNow().AddHours(4).ToUnixTimeSeconds(),
    };

    private static ValueTask<TokenIdentity?> FindAsync(AccessFixture access, string token) => access.Get<IAuthenticator>().FromTokenAsync(token, [], TestContext.Current.CancellationToken);
}
