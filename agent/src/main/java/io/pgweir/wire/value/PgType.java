package io.pgweir.wire.value;

import java.util.Arrays;

/** PostgreSQL's built-in types by OID, which no server ever changes: the names of all, constants for those read here. */
public final class PgType {
    public static final int BOOL = 16;
    public static final int BYTEA = 17;
    public static final int CHAR = 18;
    public static final int NAME = 19;
    public static final int INT8 = 20;
    public static final int INT2 = 21;
    public static final int INT4 = 23;
    public static final int TEXT = 25;
    public static final int OID = 26;
    public static final int XID = 28;
    public static final int CID = 29;
    public static final int JSON = 114;
    public static final int XML = 142;
    public static final int CIDR = 650;
    public static final int FLOAT4 = 700;
    public static final int FLOAT8 = 701;
    public static final int UNKNOWN = 705;
    public static final int MACADDR8 = 774;
    public static final int MACADDR = 829;
    public static final int INET = 869;
    public static final int BPCHAR = 1042;
    public static final int VARCHAR = 1043;
    public static final int DATE = 1082;
    public static final int TIME = 1083;
    public static final int TIMESTAMP = 1114;
    public static final int TIMESTAMPTZ = 1184;
    public static final int INTERVAL = 1186;
    public static final int TIMETZ = 1266;
    public static final int NUMERIC = 1700;
    public static final int REFCURSOR = 1790;
    public static final int CSTRING = 2275;
    public static final int VOID = 2278;
    public static final int UUID = 2950;
    public static final int JSONB = 3802;
    public static final int XID8 = 5069;

    /** OID, name and OID of the array type, of PostgreSQL 18; arrays are named as their element with an underscore. */
    private static final String TABLE = """
            16 bool 1000
            17 bytea 1001
            18 char 1002
            19 name 1003
            20 int8 1016
            21 int2 1005
            22 int2vector 1006
            23 int4 1007
            24 regproc 1008
            25 text 1009
            26 oid 1028
            27 tid 1010
            28 xid 1011
            29 cid 1012
            30 oidvector 1013
            114 json 199
            142 xml 143
            194 pg_node_tree 0
            600 point 1017
            601 lseg 1018
            602 path 1019
            603 box 1020
            604 polygon 1027
            628 line 629
            650 cidr 651
            700 float4 1021
            701 float8 1022
            718 circle 719
            774 macaddr8 775
            790 money 791
            829 macaddr 1040
            869 inet 1041
            1033 aclitem 1034
            1042 bpchar 1014
            1043 varchar 1015
            1082 date 1182
            1083 time 1183
            1114 timestamp 1115
            1184 timestamptz 1185
            1186 interval 1187
            1266 timetz 1270
            1560 bit 1561
            1562 varbit 1563
            1700 numeric 1231
            1790 refcursor 2201
            2202 regprocedure 2207
            2203 regoper 2208
            2204 regoperator 2209
            2205 regclass 2210
            2206 regtype 2211
            2249 record 2287
            2275 cstring 1263
            2278 void 0
            2950 uuid 2951
            2970 txid_snapshot 2949
            3220 pg_lsn 3221
            3361 pg_ndistinct 0
            3402 pg_dependencies 0
            3614 tsvector 3643
            3615 tsquery 3645
            3642 gtsvector 3644
            3734 regconfig 3735
            3769 regdictionary 3770
            3802 jsonb 3807
            3904 int4range 3905
            3906 numrange 3907
            3908 tsrange 3909
            3910 tstzrange 3911
            3912 daterange 3913
            3926 int8range 3927
            4072 jsonpath 4073
            4089 regnamespace 4090
            4096 regrole 4097
            4191 regcollation 4192
            4451 int4multirange 6150
            4532 nummultirange 6151
            4533 tsmultirange 6152
            4534 tstzmultirange 6153
            4535 datemultirange 6155
            4536 int8multirange 6157
            4600 pg_brin_bloom_summary 0
            4601 pg_brin_minmax_multi_summary 0
            5017 pg_mcv_list 0
            5038 pg_snapshot 5039
            5069 xid8 271
            """;

    private static final int[] OIDS;
    private static final String[] NAMES;
    private static final int[] ARRAYS;

    static {
        int[] oids = new int[256];
        String[] names = new String[oids.length];
        int[] arrays = new int[oids.length];
        int count = 0;
        int arrayCount = 0;
        for (String line : TABLE.lines().toList()) {
            String[] parts = line.split(" ");
            int arrayOid = Integer.parseInt(parts[2]);
            oids[count] = Integer.parseInt(parts[0]);
            names[count++] = parts[1];
            if (arrayOid != 0) {
                oids[count] = arrayOid;
                names[count++] = "_" + parts[1];
                arrays[arrayCount++] = arrayOid;
            }
        }
        OIDS = Arrays.copyOf(oids, count);
        NAMES = new String[count];
        Arrays.sort(OIDS);
        for (int i = 0; i < count; i++) {
            NAMES[Arrays.binarySearch(OIDS, oids[i])] = names[i];
        }
        ARRAYS = Arrays.copyOf(arrays, arrayCount);
        Arrays.sort(ARRAYS);
    }

    private PgType() {}

    /** {@code int4}, {@code _int4}; {@code oid:12345} of a type that is not built in; OIDs are unsigned. */
    public static String name(int oid) {
        int known = Arrays.binarySearch(OIDS, oid);
        return known >= 0 ? NAMES[known] : "oid:" + Integer.toUnsignedString(oid);
    }

    static boolean isArray(int oid) {
        return Arrays.binarySearch(ARRAYS, oid) >= 0;
    }
}
