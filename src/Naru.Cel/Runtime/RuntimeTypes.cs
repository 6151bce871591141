using System.Net;
using Naru.Cel.Libraries;
using Naru.Cel.Types;
using Naru.Objects.Quantities;

namespace Naru.Cel.Runtime;

/// <summary>Types of values as they stand.</summary>
internal static class RuntimeTypes
{
    public static readonly CelType Url = CelType.Opaque("kubernetes.URL");
    public static readonly CelType Ip = CelType.Opaque("net.IP");
    public static readonly CelType Cidr = CelType.Opaque("net.CIDR");
    public static readonly CelType Amount = CelType.Opaque("kubernetes.Quantity");
    public static readonly CelType Version = CelType.Opaque("kubernetes.Semver");
    public static readonly CelType NamedFormat = CelType.Opaque("kubernetes.NamedFormat");
    public static readonly CelType Authorizer = CelType.Opaque("kubernetes.authorization.Authorizer");
    public static readonly CelType PathCheck = CelType.Opaque("kubernetes.authorization.PathCheck");
    public static readonly CelType GroupCheck = CelType.Opaque("kubernetes.authorization.GroupCheck");
    public static readonly CelType ResourceCheck = CelType.Opaque("kubernetes.authorization.ResourceCheck");
    public static readonly CelType Decision = CelType.Opaque("kubernetes.authorization.Decision");
    public static readonly CelType AnyOptional = CelType.OptionalOf(CelType.Dyn);

    /// <summary>The type of a value.</summary>
    public static CelType Of(object value) => value switch
    {
        CelNull => CelType.Null,
        bool => CelType.Bool,
        long => CelType.Int,
        ulong => CelType.Uint,
        double => CelType.Double,
        string => CelType.Text,
        CelBytes => CelType.Bytes,
        CelTimestamp => CelType.Timestamp,
        CelDuration => CelType.Duration,
        CelList => CelType.AnyList,
        MadeObject made => made.Type,
        CelMap => CelType.AnyMap,
        CelType => CelType.Type,
        CelOptional => AnyOptional,
        Uri => Url,
        IPAddress => Ip,
        IPNetwork => Cidr,
        CelCidr => Cidr,
        Quantity => Amount,
        SemanticVersion => Version,
        Libraries.NamedFormat => NamedFormat,
        AuthorizerValue one => one.Type,
        _ => CelType.Dyn,
    };

    /// <summary>Whether a value may stand where a type is wanted.</summary>
    public static bool Fits(object value, CelType type) => type.Kind switch
    {
        CelKind.Dyn or CelKind.Parameter => true,
        CelKind.Object => value is CelMap,
        CelKind.Opaque => Of(value).Name == type.Name,
        _ => Of(value).Kind == type.Kind,
    };
}
