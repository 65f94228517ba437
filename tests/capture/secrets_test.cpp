#include "capture/secrets.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "capture/parameters.h"

namespace clew::capture {

using Words = std::vector<std::string>;

TEST_CASE("names of secrets") {
  for (const char* name : {"token",
                           "--token",
                           "HF_TOKEN",
                           "GITHUB_TOKEN",
                           "api-key",
                           "apiKey",
                           "APIKey",
                           "WANDB_API_KEY",
                           "apikey",
                           "password",
                           "db.password",
                           "PGPASSWORD_X_passwd",
                           "secret",
                           "client_secret",
                           "AWS_SECRET_ACCESS_KEY",
                           "AWS_ACCESS_KEY_ID",
                           "AccountKey",
                           "credentials",
                           "X-Api-Key",
                           "Authorization",
                           "private_key",
                           "oauthToken",
                           "DB_PASS",
                           "mysql_pwd",
                           "basic_auth",
                           "SLURM_JWT",
                           "GH_PAT",
                           "use_auth_token"}) {
    INFO(name);
    CHECK(is_secret_name(name));
  }
  for (const char* name : {"",
                           "-",
                           "lr",
                           "max_tokens",
                           "num-tokens",
                           "tokenizer",
                           "pad_token",
                           "eos_token",
                           "placeholder_token",
                           "token_dim",
                           "max_token",
                           "token_file",
                           "password_file",
                           "password_length",
                           "key",
                           "num_keys",
                           "random_key",
                           "keyboard",
                           "PWD",
                           "OLDPWD",
                           "pass",
                           "n_pass",
                           "forward_pass",
                           "author",
                           "secretary",
                           "SSH_AUTH_SOCK",
                           "patience",
                           "monkey",
                           "TOKENIZERS_PARALLELISM"}) {
    INFO(name);
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("secrets of a command line are masked") {
  CHECK(mask_argv({"t", "--api-key", "X", "--lr", "1"}) ==
        Words{"t", "--api-key", "***", "--lr", "1"});
  CHECK(mask_argv({"t", "--token=X", "password=Y", "-Dapi.key=Z"}) ==
        Words{"t", "--token=***", "password=***", "-Dapi.key=***"});
  CHECK(mask_argv({"t", "--token", "--fast", "x"}) == Words{"t", "--token", "--fast", "x"});
  CHECK(mask_argv({"t", "--token", "-5"}) == Words{"t", "--token", "***"});
  CHECK(mask_argv({"t", "--password"}) == Words{"t", "--password"});
  CHECK(mask_argv({"t", "--use_auth_token", "True", "--secret="}) ==
        Words{"t", "--use_auth_token", "True", "--secret="});
  CHECK(mask_argv({"env", "HF_TOKEN=a=b", "t"}) == Words{"env", "HF_TOKEN=***", "t"});
  CHECK(mask_argv({"srun", "--export=ALL,HF_TOKEN=x", "t"}) ==
        Words{"srun", "--export=ALL,HF_TOKEN=***", "t"});
  CHECK(mask_argv({"curl", "-H", "Authorization: Bearer a b", "-H", "X-Api-Key:k"}) ==
        Words{"curl", "-H", "Authorization: ***", "-H", "X-Api-Key:***"});
  CHECK(mask_argv({}).empty());
}

TEST_CASE("what is no secret stays to the byte") {
  const Words argv{"python",
                   "t.py",
                   "--lr",
                   "0.1",
                   "a=b",
                   "",
                   "--max_tokens=5",
                   "x  y\n z\t",
                   "it's",
                   "a:b",
                   "http://h:80/p@2x",
                   "\xFF",
                   "--pad_token",
                   "<pad>",
                   "/opt/token:/usr/bin",
                   "C:\\token=x",
                   "'a b' \"c"};
  CHECK(mask_argv(argv) == argv);
}

TEST_CASE("user information in URLs is masked") {
  CHECK(mask_text("postgres://user:pass@host/db") == "postgres://***@host/db");
  CHECK(mask_text("--db=https://ghp_x@github.com/a") == "--db=https://***@github.com/a");
  CHECK(mask_text("pg://u:p@ss@host/d?x=a@b") == "pg://***@host/d?x=a@b");
  CHECK(mask_text("pg://u:pa/ss@host/d") == "pg://***@host/d");
  CHECK(mask_text("http://u:p@a/,http://u:p@b/") == "http://***@a/,http://***@b/");
  CHECK(mask_text("http://host/?token=abc&x=1") == "http://host/?token=***");
  CHECK(mask_text("git clone https://u:p@h/r --depth 1") == "git clone https://***@h/r --depth 1");
  CHECK(mask_text("://") == "://");
  CHECK(mask_text("a://@") == "a://***@");
}

TEST_CASE("secrets inside a word that is a command line or JSON") {
  CHECK(mask_text("python t.py --api-key X --lr 0.1") == "python t.py --api-key *** --lr 0.1");
  CHECK(mask_text("TOKEN=x python t.py") == "TOKEN=*** python t.py");
  CHECK(mask_text("t --password 'a b' -x") == "t --password *** -x");
  CHECK(mask_text("t password='a b' -x") == "t password=*** -x");
  CHECK(mask_text("curl -H 'Authorization: Bearer x' url") == "curl -H 'Authorization: ***' url");
  CHECK(mask_text("{\"password\":\"x\"}") == "{\"password\":***");
  CHECK(mask_text("{\"password\": \"x y\", \"a\": 1}") == "{\"password\": ***");
  CHECK(mask_text("it's --token x") == "it's --token ***");
  CHECK(mask_text("'it is --token x'") == "'it is --token ***'");
  CHECK(mask_text("run cmd='t --token x y'") == "run cmd='t --token *** y'");
  CHECK(mask_text("run --header='Cookie: a b' c") == "run --header='Cookie:*** c");
  CHECK(mask_text(std::string(200'000, '\'')) == std::string(200'000, '\''));
  CHECK(mask_text("password: x\nlr: 1") == "password: ***\nlr: 1");
}

TEST_CASE("values are masked by their names") {
  CHECK(mask_value("token", "x") == Json("***"));
  CHECK(mask_value("token", 5) == Json("***"));
  CHECK(mask_value("token", Json::Array{"a"}) == Json("***"));
  CHECK(mask_value("token", nullptr) == Json(nullptr));
  CHECK(mask_value("token", true) == Json(true));
  CHECK(mask_value("token", "") == Json(""));
  CHECK(mask_value("lr", 0.1) == Json(0.1));
  CHECK(dump_json(mask_value("l", Json::Array{Json::Object{{"api_key", "x"}, {"n", 1}}})) ==
        R"([{"api_key":"***","n":1}])");
}

}  // namespace clew::capture
